//! Which column holds which field, where the operator says so itself: `device_id:Vehicle_ID`.
//!
//! *Invariant:* a mapping knows no file: whether its columns exist is asked when one is read.

use serde::{Deserialize, Serialize};

use super::Field;
use crate::words::{Language, say};

/// Pairs of a field and the column that holds it; no field and no column stands in two pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pairs: Vec<(Field, String)>,
}

/// Why a text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingProblem {
    /// There is no colon between a field and a column, or nothing on one side of it.
    #[error("\"{pair}\" is no pair of a field and a column, such as device_id:Vehicle_ID")]
    NoPair {
        /// The text.
        pair: String,
    },
    /// The left side names no field.
    #[error("\"{field}\" is no field; the fields are {}", names())]
    UnknownField {
        /// The left side.
        field: String,
    },
    /// A field is given two columns.
    #[error("the field {field} is given two columns")]
    FieldTwice {
        /// The field.
        field: Field,
    },
    /// A column is given to two fields.
    #[error("the column \"{column}\" is given to two fields")]
    ColumnTwice {
        /// The column.
        column: String,
    },
}

impl Mapping {
    /// Reads pairs `FIELD:COLUMN`, each split at its first colon and trimmed; letter case does not matter on either side.
    ///
    /// # Errors
    /// The first pair that cannot be obeyed.
    pub fn parse(pairs: &[String]) -> Result<Self, MappingProblem> {
        let mut mapping = Self::default();
        for pair in pairs {
            let no_pair = || MappingProblem::NoPair { pair: pair.clone() };
            let (field, column) = pair.split_once(':').ok_or_else(no_pair)?;
            let (field, column) = (field.trim(), column.trim());
            if field.is_empty() || column.is_empty() {
                return Err(no_pair());
            }
            let field: Field = field
                .parse()
                .map_err(|unknown: super::UnknownField| MappingProblem::UnknownField { field: unknown.0 })?;
            if mapping.pairs.iter().any(|(known, _)| *known == field) {
                return Err(MappingProblem::FieldTwice { field });
            }
            if mapping.field_of(column).is_some() {
                return Err(MappingProblem::ColumnTwice { column: column.to_owned() });
            }
            mapping.pairs.push((field, column.to_owned()));
        }
        Ok(mapping)
    }

    /// Returns the pairs in the order they were given.
    pub fn pairs(&self) -> impl Iterator<Item = (Field, &str)> {
        self.pairs.iter().map(|(field, column)| (*field, column.as_str()))
    }

    /// Returns the field that the mapping gives to a column of that name.
    #[must_use]
    pub fn field_of(&self, column: &str) -> Option<Field> {
        if self.pairs.is_empty() {
            return None;
        }
        let wanted = folded(column);
        self.pairs().find(|(_, known)| folded(known) == wanted).map(|(field, _)| field)
    }
}

impl MappingProblem {
    /// Returns what is wrong and how to mend it, in the caller's language.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let text = |kind, name, value: &str| {
            say(language, &format!("fleet_list.mapping.{kind}"), &[(name, value), ("fields", &names())])
        };
        match self {
            Self::NoPair { pair } => text("no_pair", "pair", pair),
            Self::UnknownField { field } => text("unknown_field", "field", field),
            Self::FieldTwice { field } => text("field_twice", "field", field.name()),
            Self::ColumnTwice { column } => text("column_twice", "column", column),
        }
    }
}

/// The names of all fields, as a sentence lists them.
fn names() -> String {
    Field::ALL.map(Field::name).join(", ")
}

/// A column's name without letter case, and with every run of white space (a header cell may hold a line break) as one space.
fn folded(column: &str) -> String {
    column.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    fn parse(pairs: &[&str]) -> Result<Mapping, MappingProblem> {
        Mapping::parse(&pairs.iter().map(|pair| (*pair).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_pair_is_split_at_its_first_colon_and_letter_case_does_not_matter() {
        let mapping = parse(&[" DEVICE_ID : Vehicle_ID ", "comment:Note: all", "plate:Рег. Номер"]).unwrap();
        assert_eq!(mapping.field_of("vehicle_id"), Some(Field::DeviceId));
        assert_eq!(mapping.field_of("NOTE:\n all"), Some(Field::Comment));
        assert_eq!(mapping.field_of(" рег. номер"), Some(Field::Plate));
        assert_eq!(mapping.field_of("vehicle"), None);
        assert_eq!(mapping.pairs().count(), 3);
    }

    #[test]
    fn what_cannot_be_obeyed_is_named() {
        let field = |name: &str| MappingProblem::UnknownField { field: name.to_owned() };
        assert_eq!(parse(&["vehicle:x"]), Err(field("vehicle")));
        for pair in ["device_id", "device_id:", ":x", " : "] {
            assert_eq!(parse(&[pair]), Err(MappingProblem::NoPair { pair: pair.to_owned() }));
        }
        assert_eq!(parse(&["make:a", "Make:b"]), Err(MappingProblem::FieldTwice { field: Field::Make }));
        assert_eq!(parse(&["make:a", "model:A"]), Err(MappingProblem::ColumnTwice { column: "A".to_owned() }));
    }

    #[test]
    fn a_refusal_names_the_fields_in_every_language() {
        for language in Language::ALL {
            for pairs in [&["x:y"][..], &["make"], &["make:a", "make:b"], &["make:a", "model:a"]] {
                let problem = parse(pairs).unwrap_err();
                let text = problem.say(language);
                assert!(!text.contains('{') && !text.starts_with("fleet_list."), "{text}");
            }
            assert!(parse(&["x:y"]).unwrap_err().say(language).contains("policy_until"));
        }
        assert!(parse(&["x:y"]).unwrap_err().to_string().contains("device_id, serial_number"));
    }
}
