//! The columns that the registry writes itself: into a receipt, or beside rows that are bad.
//!
//! *Invariant:* a file that was given back, mended in place and sent again is read as if those columns were not there.

use super::report::{Found, FoundBy};
use super::row::FleetRow;
use crate::words::{Language, say};

/// A column of the registry's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenColumn {
    /// What is wrong with the row.
    Problem,
    /// How to mend it.
    Remedy,
    /// The operator's id of the vehicle, kept or made.
    DeviceId,
    /// `new`, `changed` or `unchanged`.
    Outcome,
    /// The number it bears.
    Number,
    /// The control letters of the number.
    Control,
    /// What the QR code on the rear plate says.
    Qr,
}

/// The columns of a receipt.
pub const OF_A_RECEIPT: [GivenColumn; 5] =
    [GivenColumn::DeviceId, GivenColumn::Outcome, GivenColumn::Number, GivenColumn::Control, GivenColumn::Qr];

/// The columns beside bad rows.
pub const OF_BAD_ROWS: [GivenColumn; 2] = [GivenColumn::Problem, GivenColumn::Remedy];

impl GivenColumn {
    /// Returns the name for programs: the key in JSON, and of a receipt the column in every format.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Remedy => "remedy",
            Self::DeviceId => "registry_device_id",
            Self::Outcome => "registry_outcome",
            Self::Number => "number",
            Self::Control => "control",
            Self::Qr => "qr",
        }
    }

    /// Returns the name for people: problems and remedies are written for them, in their language.
    #[must_use]
    pub fn name(self, language: Language) -> String {
        match self {
            Self::Problem | Self::Remedy => say(language, &format!("fleet_list.give_back.{}", self.key()), &[]),
            _ => self.key().to_owned(),
        }
    }

    /// Whether a column of that name could be this one.
    fn fits(self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        name == self.key() || Language::ALL.into_iter().any(|language| self.name(language).to_lowercase() == name)
    }
}

/// Tells which columns of a header the registry wrote. A name by itself could be the operator's own (`number`, `problem`):
/// ours stand together.
pub(super) fn columns(names: &[&str]) -> Vec<bool> {
    let has = |column: GivenColumn| names.iter().any(|name| column.fits(name));
    let receipt = has(GivenColumn::DeviceId) && has(GivenColumn::Outcome);
    let bad_rows = OF_BAD_ROWS.into_iter().all(has);
    let is_ours = |name: &&str| {
        (receipt && OF_A_RECEIPT.into_iter().any(|column| column.fits(name)))
            || (bad_rows && OF_BAD_ROWS.into_iter().any(|column| column.fits(name)))
    };
    names.iter().map(is_ours).collect()
}

/// The columns of the operator's own, by their places.
pub(super) fn own_places(found: &Found) -> Vec<usize> {
    let own = found.columns.iter().enumerate().filter(|(_, column)| column.by != FoundBy::Registry);
    own.map(|(place, _)| place).collect()
}

/// The cells of a row in the operator's own columns, and those that stood beyond the last column.
pub(super) fn own_cells<'r>(row: &'r FleetRow, found: &Found, places: &[usize]) -> Vec<&'r str> {
    let cell = |place: &usize| row.cells.get(*place).map(String::as_str).unwrap_or_default();
    let beyond = row.cells.iter().skip(found.columns.len()).map(String::as_str);
    places.iter().map(cell).chain(beyond).collect()
}

/// How many columns stand before ours: those of the header, and as many as the widest row has beyond it.
pub(super) fn width<'r>(rows: impl Iterator<Item = &'r FleetRow>, found: &Found, places: &[usize]) -> usize {
    let beyond = rows.map(|row| row.cells.len().saturating_sub(found.columns.len())).max().unwrap_or(0);
    places.len() + beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_columns_are_known_where_they_stand_together() {
        assert_eq!(columns(&["plate", "Что не так", " как исправить"]), [false, true, true]);
        assert_eq!(columns(&["problem", "plate"]), [false, false]);
        assert_eq!(columns(&["number", "registry_device_id", "Registry_Outcome", "qr"]), [true, true, true, true]);
        assert_eq!(columns(&["number", "control"]), [false, false]);
    }

    #[test]
    fn no_name_of_ours_is_one_of_a_field() {
        for column in OF_A_RECEIPT.into_iter().chain(OF_BAD_ROWS) {
            for language in Language::ALL {
                assert_eq!(super::super::alias::field_of(&column.name(language)), None);
            }
        }
    }
}
