//! What the registry knows, as values and pure rules.
//!
//! *Invariant:* no clock, no storage, no HTTP: a value judges itself by what it was given.

mod access_key;
mod account;
mod answer;
mod as_known;
mod borne;
mod cover;
#[cfg(test)]
mod cover_tests;
mod description;
mod fitting;
mod fix;
mod id;
mod identification;
mod insurance_notice;
#[cfg(test)]
mod life_properties;
mod lookup;
mod maintenance;
mod moment;
mod operator;
mod period;
mod plate;
mod plate_item;
mod policy;
mod policy_check;
mod reach;
mod relist;
mod ride;
mod series;
mod short_name;
mod spread;

mod vehicle;
mod vehicle_status;
mod verdict;
#[cfg(test)]
mod verdict_tests;
mod whereabouts;
#[cfg(test)]
mod whereabouts_tests;
mod working_days;
mod zone;

pub use access_key::{AccessKey, AccessKeyProblem};
pub use account::{Account, Caller, Role, Scope};
pub use answer::{
    Answer, AnswerCandidate, AnswerOperator, AnswerPlate, AnswerPolicy, AnswerReading, AnswerSession, AnswerVehicle,
    EarlierVersion, NeighbourSession, Receipt,
};
pub use as_known::AsKnown;
pub use borne::{PlateCorrection, Retirement, ServiceDates, bearers, plate_status_at, service_periods, service_stated};
pub use cover::{Cover, CoverBy, CoverSpan, Coverage, Days, day_after, day_before};
pub use description::{Description, Fact, ServicePeriod, VehicleVersion, description_at, service_stated_last};
pub use fitting::{Alarm, AlarmKind, Fitting, LinkVerdict};
pub use fix::{Fix, believed};
pub use id::{
    AccountId, AlarmId, AuthorityId, DeviceId, FittingId, ImportId, KeyId, LookupId, MaintenanceId, OperatorId,
    PolicyId, PrintJobId, RideId, TextIdProblem, VehicleId, new_id,
};
pub use identification::{IdentificationNumber, IdentificationProblem};
pub use insurance_notice::{InsuranceNotice, NoticeCause, NoticeKind};
pub use lookup::{CasePatterns, CaseProblem, Features, Purpose, Question, Window};
pub use maintenance::{MOST_PARTS, MaintenanceKind, MaintenanceProblem, MaintenanceRecord, NewMaintenance};
pub use moment::{Moment, MomentProblem};
pub use operator::{Custody, NewOperator, Operator, OperatorProblem, OperatorStatus};
pub use period::Period;
pub use plate::{Plate, PlateStatus, plate_told_at};
pub use plate_item::{
    ItemStanding, ItemState, ItemStateVersion, PlateItem, Position, ReplacementReason, item_warnings,
};
pub use policy::{CheckOutcome, LONGEST_INSURER, NewPolicy, Policy, PolicyChange, PolicyProblem, PolicySource};
pub use policy_check::PolicyCheck;
pub use relist::{Covered, SpanDays, relist};
pub use ride::{Place, PlaceProblem, RideKind, RideMark, RideReport, RideSession};
pub use series::{Series, SeriesStatus};
pub use short_name::short_name;
pub use spread::{Spread, Stand, StandFrom, Twins, spread};
pub use vehicle::{Vehicle, VehicleFacts};
pub use vehicle_status::{Standing, StatusReport, VehicleStatus, status_at};
pub use verdict::{AmbiguousBy, Judgement, Reporting, Verdict, judge};
pub use whereabouts::{Fit, Pace, Seen, Traces, can_have_been_there, fit, unknown_fit};
pub use working_days::WorkingDays;
pub use zone::Zone;
