//! Notices about insurance: what an operator is told while something lacks.
//!
//! *Invariant:* one open notice for one cause; of several days ahead only the nearest stands.

use chrono::NaiveDate;
use std::fmt;

use super::{DeviceId, Moment, OperatorId, PolicyId};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// Cover ends in at most that many days, and nothing adjoins.
    ExpiresIn(u32),
    /// Cover has ended, and nothing follows; vehicles in service stand without.
    Expired,
    /// Vehicles in service that nothing on record has covered.
    UncoveredVehicles,
    /// The insurers' records speak against a policy.
    CheckContradicts,
}

impl NoticeKind {
    /// Finds the kind of a name such as `expires_in_30`.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "expired" => Some(Self::Expired),
            "uncovered_vehicles" => Some(Self::UncoveredVehicles),
            "check_contradicts" => Some(Self::CheckContradicts),
            other => other.strip_prefix("expires_in_")?.parse().ok().map(Self::ExpiresIn),
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExpiresIn(days) => write!(f, "expires_in_{days}"),
            Self::Expired => f.write_str("expired"),
            Self::UncoveredVehicles => f.write_str("uncovered_vehicles"),
            Self::CheckContradicts => f.write_str("check_contradicts"),
        }
    }
}

/// Something that lacks, as found on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeCause {
    /// What it is about.
    pub kind: NoticeKind,
    /// The policies, where it is about some: the first of them, at most ten.
    pub policies: Vec<PolicyId>,
    /// The last day of cover.
    pub due: Option<NaiveDate>,
    /// How many vehicles are concerned.
    pub vehicles: usize,
    /// The first of them, at most ten.
    pub first_devices: Vec<DeviceId>,
}

impl NoticeCause {
    /// Returns what makes it the same cause on another day. Policies that end on the same day are one cause: some
    /// insurers give each scooter a policy of its own.
    #[must_use]
    pub fn key(&self) -> String {
        let policy = self.policies.first().filter(|_| self.kind == NoticeKind::CheckContradicts);
        let due = self.due.map_or_else(String::new, |day| day.to_string());
        format!("{}:{}:{due}", self.kind, policy.map_or("", PolicyId::as_str))
    }
}

/// A notice as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsuranceNotice {
    /// Its id.
    pub id: String,
    /// Who is told.
    pub operator_id: OperatorId,
    /// What it is about; the number of vehicles is that of the newest look.
    pub cause: NoticeCause,
    /// When it was first found.
    pub raised_at: Moment,
    /// When it was found to be mended.
    pub settled_at: Option<Moment>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name() {
        for kind in [
            NoticeKind::ExpiresIn(30),
            NoticeKind::Expired,
            NoticeKind::UncoveredVehicles,
            NoticeKind::CheckContradicts,
        ] {
            assert_eq!(NoticeKind::find(&kind.to_string()), Some(kind));
        }
        assert_eq!(NoticeKind::find("expires_in_soon"), None);
    }
}
