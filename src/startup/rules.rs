//! Settings as the values that the floors below take.
//!
//! *Invariant:* only units change here; a value that cannot be meant was refused when the settings were read.

use std::sync::Arc;
use std::time::Duration;

use super::StartError;
use crate::config::{DatabaseSettings, Settings};
use crate::model::Pace;
use crate::registry::Rules;
use crate::render::Faces;
use crate::render::press::Press;
use crate::storage::StoreSettings;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Returns the rules of the registry.
///
/// # Errors
/// A [`StartError`], where the settings of the plates do not fit together, or plates cannot be printed.
pub fn rules(settings: &Settings) -> Result<Rules, StartError> {
    let faces = Faces::new(settings.registry.scheme, &settings.plates, &settings.registry.qr_host)?;
    Press::judge(&faces, &settings.press)?;
    Ok(Rules {
        zone: settings.registry.zone,
        scheme: settings.registry.scheme,
        qr_host: settings.registry.qr_host.clone(),
        faces: Arc::new(faces),
        press: Arc::new(settings.press.clone()),
        print_files_kept_s: i64::from(settings.jobs.print_files_days.get()) * DAY,
        working_days: settings.calendar.days_off.clone(),
        objection_days: settings.calendar.objection_days,
        letters_per_operator: settings.fleet.letters_per_operator.get(),
        max_ride_s: i64::from(settings.rides.max_ride_hours.get()) * HOUR,
        neighbour_s: i64::from(settings.rides.neighbour_days) * DAY,
        late_after_s: i64::from(settings.rides.late_after_minutes) * MINUTE,
        tolerance_s: settings.lookups.tolerance_s,
        candidates: settings.lookups.candidates.get(),
        pace: Pace {
            fastest: f64::from(settings.lookups.fastest_kmh.get()) / 3.6,
            place_error_m: f64::from(settings.lookups.place_error_m.get()),
            parked_scale_m: f64::from(settings.lookups.parked_scale_m.get()),
            town_radius_m: f64::from(settings.lookups.town_radius_km.get()) * 1000.0,
        },
        telemetry_kept_s: i64::from(settings.retention.telemetry_days.get()) * DAY,
        held_s: i64::from(settings.retention.held_days) * DAY,
        adoption_jump: settings.fleet.adoption_jump,
        warn_days: settings.insurance.warn_days.clone(),
        case_patterns: settings.lookups.case_patterns.clone(),
        case_due_s: i64::from(settings.lookups.case_due_hours.get()) * HOUR,
    })
}

/// Returns how the store is opened.
#[must_use]
pub fn store_settings(database: &DatabaseSettings) -> StoreSettings {
    StoreSettings {
        url: database.url.clone(),
        connections: database.connections.get(),
        wait: Duration::from_secs(database.wait_s.get()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::plate::SPARSE_19;
    use crate::render::FaceProblem;

    #[test]
    fn the_example_for_seven_symbols_holds_and_without_its_lengths_they_do_not_fit() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sparse-19.toml");
        let example = crate::config::load(Some(&path), []).unwrap();
        assert_eq!(rules(&example).unwrap().scheme, SPARSE_19);
        let mut legal = crate::config::load(None, []).unwrap();
        legal.registry.scheme = SPARSE_19;
        let StartError::Plates(FaceProblem::Layout(problem)) = rules(&legal).unwrap_err() else {
            unreachable!("the host is the same")
        };
        assert_eq!((problem.section, problem.key), ("plates.rear", "width_mm"));
    }

    #[test]
    fn units_are_seconds() {
        let rules = rules(&crate::config::load(None, []).unwrap()).unwrap();
        assert_eq!(rules.max_ride_s, 86_400);
        assert_eq!(rules.neighbour_s, 2_592_000);
        assert_eq!(rules.late_after_s, 3_600);
        assert_eq!(rules.telemetry_kept_s, 2_592_000);
        assert!((rules.pace.fastest - 8.333).abs() < 0.001 && (rules.pace.town_radius_m - 10_000.0).abs() < 0.001);
        assert_eq!(rules.case_due_s, 86_400);
    }
}
