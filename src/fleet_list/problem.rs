//! One problem of a fleet list: where it is, how bad it is, what is wrong and how to mend it.
//!
//! *Invariant:* a problem holds no sentence, so that it can be told in another language tomorrow.

use serde::{Deserialize, Serialize};

use super::{ProblemKind, Severity};
use crate::words::{Language, say};

/// Something that is wrong with the file, a column, a row or a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Number of the row as a spreadsheet shows it; none if the whole file or a column is meant.
    pub row: Option<u32>,
    /// The column as the file names it.
    pub column: Option<String>,
    /// What stands in the cell, cut to 100 characters.
    pub value: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub kind: ProblemKind,
    /// What the sentences about it need to know, by name.
    pub args: Vec<(String, String)>,
}

impl Problem {
    /// Makes a problem of the whole file; the severity is the kind's.
    #[must_use]
    pub fn new(kind: ProblemKind) -> Self {
        Self { row: None, column: None, value: None, severity: kind.severity(), kind, args: Vec::new() }
    }

    /// Says which row is meant.
    #[must_use]
    pub fn at_row(self, row: u32) -> Self {
        Self { row: Some(row), ..self }
    }

    /// Says which column is meant, by its name in the file.
    #[must_use]
    pub fn in_column(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }

    /// Shows what stands in the cell, or the beginning of it.
    #[must_use]
    pub fn with_value(self, value: &str) -> Self {
        const SHOWN: usize = 100;
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self { value: Some(shown), ..self }
    }

    /// Gives the sentences an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.args.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns what is wrong, in one sentence.
    #[must_use]
    pub fn problem(&self, language: Language) -> String {
        self.say(language, "problem")
    }

    /// Returns what to do about it, in one or two sentences.
    #[must_use]
    pub fn remedy(&self, language: Language) -> String {
        self.say(language, "remedy")
    }

    /// Sentences may also use `{column}`, `{value}`, and, where a field is an argument, `{fact}`: the field in words.
    fn say(&self, language: Language, part: &str) -> String {
        let fact = self
            .args
            .iter()
            .find(|(name, _)| name == "field")
            .map(|(_, field)| say(language, &format!("fleet_list.field.{field}"), &[]));
        let own = self.args.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let standing =
            [("column", self.column.as_deref()), ("value", self.value.as_deref()), ("fact", fact.as_deref())];
        let standing = standing.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let args: Vec<(&str, &str)> = own.chain(standing).collect();
        say(language, &format!("fleet_list.problem.{}.{part}", self.kind.name()), &args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every argument that the documentation of a kind promises.
    const ARGUMENTS: [&str; 31] = [
        "part",
        "line",
        "position",
        "sheet",
        "sheets",
        "location",
        "keys",
        "field",
        "columns",
        "format",
        "limit",
        "count",
        "first",
        "expected",
        "day_first",
        "month_first",
        "in_service",
        "policy_from",
        "policy_until",
        "policy",
        "letter",
        "plate",
        "numbers",
        "device_id",
        "borne",
        "highest",
        "serial_number",
        "sample",
        "pattern",
        "fact",
        "left",
    ];

    #[test]
    fn every_kind_has_its_problem_and_its_remedy_in_every_language() {
        for kind in ProblemKind::ALL {
            let problem = ARGUMENTS
                .iter()
                .fold(Problem::new(*kind).in_column("C").with_value("V"), |problem, name| problem.with(name, "X"));
            for language in Language::ALL {
                for text in [problem.problem(language), problem.remedy(language)] {
                    assert!(!text.starts_with("fleet_list."), "{text}");
                    assert!(!text.contains(['{', '}']), "{language}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_field_is_said_in_words() {
        let problem = Problem::new(ProblemKind::FactColumnMissing).with("field", "serial_number");
        assert!(problem.problem(Language::En).contains("serial number"));
        assert!(problem.problem(Language::Ru).contains("серийный номер"));
        assert!(problem.problem(Language::Kk).contains("сериялық нөмірі"));
    }

    #[test]
    fn a_long_value_is_cut_and_an_empty_one_is_kept() {
        let problem = Problem::new(ProblemKind::CellTooLong).with_value(&"ы".repeat(5000));
        assert_eq!(problem.value.map(|value| value.chars().count()), Some(101));
        assert_eq!(Problem::new(ProblemKind::PlateUnreadable).with_value("").value.as_deref(), Some(""));
    }
}
