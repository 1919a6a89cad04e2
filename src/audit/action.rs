//! The deeds that leave an entry, and how each can end.
//!
//! *Invariant:* names are only ever added: a renamed or removed one would make old entries unreadable, which no tamper
//! check could tell from damage.

use serde::{Deserialize, Serialize};

/// What an entry records. In JSON the name in snake case, such as `lookup_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// A plate and a moment were asked about.
    Lookup,
    /// A question asked at the kerb got its case number.
    LookupCase,
    /// An earlier question and its answer were read again.
    ReadLookup,
    /// Sessions were listed.
    ReadSessions,
    /// Entries of this log were read.
    ReadLog,
    /// The certificate of a question was drawn up.
    Certificate,
    /// Records left in bulk.
    Export,
    /// The identity of a rider was asked for.
    Disclosure,
    /// A second person of the authority approved the request.
    DisclosureApproved,
    /// The request went out without a second person, to be reviewed.
    DisclosureBreakGlass,
    /// The operator answered or refused the request.
    DisclosureAnswered,
    /// An officer collected the sealed answer.
    DisclosureCollected,
    /// The operator was reminded of the deadline.
    DisclosureReminded,
    /// An operator that keeps its own sessions was asked.
    ResolverAsked,
    /// An operator was told to keep the records around a moment.
    PreservationNotice,
    /// A fleet list was taken in.
    Import,
    /// Numbers were issued.
    Issue,
    /// A number was annulled.
    Annul,
    /// A number was moved to the vehicle that in truth bore it.
    Correction,
    /// The description of a vehicle was changed or corrected.
    VehicleChanged,
    /// A vehicle's status was reported: in repair, stolen, found.
    StatusRecorded,
    /// Maintenance or a repair of a vehicle was recorded.
    MaintenanceRecorded,
    /// A vehicle left service for good.
    VehicleRetired,
    /// A retirement that had been recorded by mistake was withdrawn.
    RetirementWithdrawn,
    /// A physical plate was ordered, printed, lost, replaced, withdrawn.
    PlateItemRecorded,
    /// A physical plate was fitted to a vehicle.
    PlateFitted,
    /// Plates were made ready to print.
    Print,
    /// The records contradict each other: one number on two vehicles.
    Alarm,
    /// An alarm was settled.
    AlarmSettled,
    /// An insurance policy was recorded.
    PolicyRecorded,
    /// An insurance policy was changed: ended early, or for other vehicles.
    PolicyChanged,
    /// An insurance policy was compared with the insurers' records.
    PolicyChecked,
    /// An operator declared its sessions complete up to a moment.
    Watermark,
    /// A ride that had been asked about got another version.
    SessionChangedAfterLookup,
    /// An operator published the root over its salted sessions.
    OperatorRoot,
    /// An operator was admitted.
    OperatorAdmitted,
    /// An operator was suspended.
    OperatorSuspended,
    /// A suspension was lifted.
    SuspensionLifted,
    /// A series letter was claimed.
    SeriesClaimed,
    /// Another operator objected to a claim.
    SeriesObjected,
    /// The regulator decided a claim.
    SeriesDecided,
    /// An account was opened.
    AccountCreated,
    /// An account got another role.
    RoleChanged,
    /// A key was handed out.
    KeyCreated,
    /// A key was revoked.
    KeyRevoked,
    /// Settings that bear on questions or retention were changed.
    SettingsChanged,
    /// Records were held back from erasure, or released.
    LegalHold,
    /// Values and salts were erased.
    Redaction,
    /// An incident with the records was reported.
    IncidentReported,
}

/// How the recorded deed ended. In JSON the name in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Carried out.
    Done,
    /// Asked and answered.
    Answered,
    /// Asked, and nothing fits.
    Empty,
    /// The actor may not.
    Denied,
    /// The question could not be understood, or lacked its purpose or case.
    Malformed,
    /// Understood and allowed, yet not done.
    Refused,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    #[test]
    fn deeds_and_ends_are_written_in_snake_case() {
        assert_eq!(
            serde_json::to_string(&Action::SessionChangedAfterLookup).unwrap(),
            r#""session_changed_after_lookup""#
        );
        assert_eq!(serde_json::from_str::<Action>(r#""read_log""#).unwrap(), Action::ReadLog);
        assert_eq!(serde_json::to_string(&Decision::Malformed).unwrap(), r#""malformed""#);
        assert!(serde_json::from_str::<Action>(r#""erase_all""#).is_err());
    }
}
