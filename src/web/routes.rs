//! The whole face of the registry on one page: path, method, who may call, what is done.
//!
//! *Invariant:* this one table makes the routes, the rows that the gate judges by, and the description of the API, so
//! that none of them can say what the others do not.

use actix_web::guard;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};

use super::api::{
    accounts, docs, fittings, fleet_files, fleet_imports, health, insurance, log, lookups, maintenance, operators,
    pictures, plate_correction, plate_items, policies, print_files, print_jobs, problems, retirement, series, sessions,
    spread, statuses, telemetry, vehicle_change, vehicle_history, vehicle_story, vehicles,
};
use super::door::door;
use super::gate::gate;
use super::pages::{passer_by, series as letters};
use super::route::{Route, Verb, Who};
use crate::registry::access::Deed;

macro_rules! routes {
    ($($path:literal { $($verb:ident $who:ident $(($deed:ident))? => $module:ident::$handler:ident;)+ })+) => {
        /// Every route of the registry.
        pub const ROUTES: &[Route] = &[$($(
            Route { verb: Verb::$verb, path: $path, who: Who::$who $((Deed::$deed))? },
        )+)+];

        fn register(config: &mut ServiceConfig) {
            $(config.service(
                web::resource($path)
                    $(.route(web::route().guard(taking(Verb::$verb)).to($module::$handler)))+,
            );)+
        }

        /// The description of the routes, as their handlers give it.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($module::$handler,)+)+))]
        pub(super) struct Described;
    };
}

routes! {
    "/v1/operators" {
        Post Deed(AdmitOperator) => operators::admit;
        Get Deed(ReadOperators) => operators::list;
    }
    "/v1/operators/{id}/suspension" {
        Post Deed(SuspendOperator) => operators::suspend;
        Delete Deed(SuspendOperator) => operators::lift_suspension;
    }
    "/v1/operators/{id}/keys" {
        Post Deed(CreateOperatorKey) => operators::create_key;
    }

    "/v1/accounts" {
        Post Deed(CreateAccount) => accounts::create;
    }
    "/v1/accounts/{id}/keys" {
        Post Deed(CreateAccountKey) => accounts::create_key;
    }
    "/v1/accounts/{id}/keys/{key_id}" {
        Delete Deed(RevokeAccountKey) => accounts::revoke_key;
    }

    "/v1/series" {
        Post Deed(ClaimSeries) => series::claim;
        Get Deed(ReadSeries) => series::list;
    }
    "/v1/series/{letter}/objections" {
        Post Deed(ObjectToSeries) => series::object;
    }
    "/v1/series/{letter}/decision" {
        Post Deed(DecideSeries) => series::decide;
    }

    "/v1/fleet-imports" {
        Post Deed(UploadFleet) => fleet_imports::send;
    }
    "/v1/fleet-imports/{id}" {
        Get Deed(ReadFleet) => fleet_imports::one;
    }
    "/v1/fleet-imports/{id}/commit" {
        Post Deed(UploadFleet) => fleet_imports::commit;
    }
    "/v1/fleet-imports/{id}/receipt" {
        Get Deed(ReadFleet) => fleet_files::receipt;
    }
    "/v1/fleet-imports/{id}/bad-rows" {
        Get Deed(ReadFleet) => fleet_files::bad_rows;
    }
    "/v1/fleet-templates/{file}" {
        Get Anyone => fleet_files::template;
    }

    "/v1/vehicles" {
        Get Deed(ReadFleet) => vehicles::list;
    }
    "/v1/vehicles/{device_id}" {
        Get Deed(ReadFleet) => vehicle_story::one;
        Patch Deed(ChangeVehicle) => vehicle_change::change;
    }
    "/v1/vehicles/{device_id}/history" {
        Get Deed(ReadFleet) => vehicle_history::history;
    }
    "/v1/vehicles/{device_id}/statuses" {
        Post Deed(ReportStatus) => statuses::report;
        Get Deed(ReadFleet) => statuses::list;
    }
    "/v1/vehicles/{device_id}/maintenance" {
        Post Deed(RecordMaintenance) => maintenance::record;
        Get Deed(ReadFleet) => maintenance::list;
    }
    "/v1/vehicles/{device_id}/retirement" {
        Post Deed(RetireVehicle) => retirement::retire;
        Delete Deed(WithdrawRetirement) => retirement::withdraw;
    }
    // Before the number itself, which would take the ending for a part of it.
    "/v1/plates/{number}.svg" {
        Get Deed(PrintPlate) => pictures::svg;
    }
    "/v1/plates/{number}.png" {
        Get Deed(PrintPlate) => pictures::png;
    }
    "/v1/plates/{number}.pdf" {
        Get Deed(PrintPlate) => pictures::pdf;
    }
    "/v1/plates/{number}" {
        Get Deed(ReadPlate) => vehicles::plate;
    }
    "/v1/plates/{number}/correction" {
        Post Deed(CorrectPlate) => plate_correction::correct;
    }
    "/v1/plates/{number}/items" {
        Post Deed(ReplacePlate) => plate_items::replace;
    }
    "/v1/plates/{number}/items/{item}/states" {
        Post Deed(RecordPlateState) => plate_items::record_state;
    }
    "/v1/print-jobs" {
        Post Deed(OrderPrint) => print_jobs::order;
        Get Deed(ReadPrintJobs) => print_jobs::list;
    }
    "/v1/print-jobs/{id}" {
        Get Deed(ReadPrintJobs) => print_jobs::one;
    }
    "/v1/print-jobs/{id}/files/{name}" {
        Get Deed(FetchPrintFile) => print_files::fetch;
    }
    "/v1/print-jobs/{id}/cancellation" {
        Post Deed(OrderPrint) => print_jobs::cancel;
    }

    "/v1/fittings" {
        Post Deed(FitPlate) => fittings::record;
        Get Deed(ReadFittings) => fittings::list;
    }
    "/v1/alarms" {
        Get Deed(ReadAlarms) => fittings::alarms;
    }
    "/v1/alarms/{id}/settlement" {
        Post Deed(SettleAlarm) => fittings::settle;
    }

    "/v1/policies" {
        Post Deed(RecordPolicy) => policies::record;
        Get Deed(ReadPolicies) => policies::list;
    }
    "/v1/policies/coverage" {
        Get Deed(ReadCoverage) => insurance::coverage;
    }
    "/v1/policies/notices" {
        Get Deed(ReadPolicies) => insurance::notices;
    }
    "/v1/policies/{id}" {
        Get Deed(ReadPolicies) => policies::one;
        Patch Deed(RecordPolicy) => policies::change;
    }
    "/v1/policies/{id}/checks" {
        Post Deed(CheckPolicy) => policies::check;
    }

    "/v1/sessions" {
        Post Deed(ReportSessions) => sessions::report;
        Get Deed(ReadSessions) => sessions::list;
    }
    "/v1/sessions/watermark" {
        Post Deed(ReportSessions) => sessions::watermark;
    }

    "/v1/telemetry" {
        Post Deed(ReportTelemetry) => telemetry::report;
    }
    "/v1/fleet/spread" {
        Get Deed(ReadSpread) => spread::show;
    }

    "/v1/lookups" {
        Post Deed(LookUp) => lookups::ask;
    }
    "/v1/lookups/{id}" {
        Get Deed(ReadLookup) => lookups::again;
    }
    "/v1/lookups/{id}/case" {
        Post Deed(ReadLookup) => lookups::name_case;
    }

    "/v1/log/proofs/{index}" {
        Get Deed(ProveEntry) => log::prove;
    }
    "/log/checkpoint" {
        Get Anyone => log::checkpoint;
    }
    "/log/tile/entries/{tail:.*}" {
        Get Deed(ReadLog) => log::entries;
    }
    "/log/tile/{tail:.*}" {
        Get Anyone => log::tile;
    }

    "/p/{code:.*}" {
        Get Anyone => passer_by::show;
    }
    "/P/{code:.*}" {
        Get Anyone => passer_by::show_scanned;
    }

    "/series" {
        Get Anyone => letters::show;
    }

    "/livez" {
        Get Anyone => health::live;
    }
    "/readyz" {
        Get Anyone => health::ready;
    }
    "/openapi.json" {
        Get Anyone => docs::description;
    }
    "/docs" {
        Get Anyone => docs::index;
    }
    "/docs/{file}" {
        Get Anyone => docs::part;
    }
    "/problems/{slug}" {
        Get Anyone => problems::explain;
    }
}

/// Builds the registry's face: the routes, the gate before them, and the door around both. It needs a
/// [`Data`](actix_web::web::Data) of [`WebState`](super::WebState) beside it, and where requests come in, if not where everybody
/// does ([`super::Entrance`]).
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(web::scope("").wrap(from_fn(gate)).wrap(Compress::default()).wrap(from_fn(door)).configure(register));
}

fn taking(verb: Verb) -> impl guard::Guard {
    guard::fn_guard(move |context| verb.fits(&context.head().method))
}
