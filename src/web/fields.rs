//! The fields of a JSON object, read one by one, so that all that is wrong is said at once and each with its place.
//!
//! *Invariant:* a field that nobody read is refused by name: a typing mistake must not pass for "not given".

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::fault::{Fault, Spot};
use super::problem::Problem;
use super::wrong::Wrong;
use crate::model::{Moment, MomentProblem, Zone};

/// The fields of an object that have not been read yet, and what was wrong with those that have.
#[derive(Debug)]
pub(crate) struct Fields {
    left: Map<String, Value>,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

/// An instant, or a date that stands for its first instant in the registry's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstantOrDate {
    /// An instant.
    Instant(Moment),
    /// A date.
    Date(NaiveDate),
}

impl InstantOrDate {
    /// Returns the instant meant.
    #[must_use]
    pub(crate) fn start(self, zone: Zone) -> Moment {
        match self {
            Self::Instant(moment) => moment,
            Self::Date(date) => zone.start_of(date),
        }
    }
}

impl Fields {
    /// Takes a JSON value apart.
    ///
    /// # Errors
    /// A problem, where it is no object.
    pub(crate) fn of(value: Value) -> Result<Self, Problem> {
        match value {
            Value::Object(left) => Ok(Self { left, known: Vec::new(), faults: Vec::new() }),
            _ => Err(Problem::invalid([Fault::new(Spot::Pointer(String::new()), Wrong::NotAnObject)])),
        }
    }

    /// Takes a field as it is; `null` counts as not given.
    pub(crate) fn optional(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.left.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a field that must be given.
    pub(crate) fn required(&mut self, name: &'static str) -> Option<Value> {
        let value = self.optional(name);
        if value.is_none() {
            self.faults.push(Fault::field(name, Wrong::Missing));
        }
        value
    }

    /// Says that a field is wrong.
    pub(crate) fn refuse(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    fn as_text(&mut self, name: &'static str, value: Value) -> Option<String> {
        if let Value::String(text) = value {
            Some(text)
        } else {
            self.faults.push(Fault::field(name, Wrong::TypeText));
            None
        }
    }

    /// Takes a text.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.required(name)?;
        self.as_text(name, value)
    }

    /// Takes a text that may be absent.
    pub(crate) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name)?;
        self.as_text(name, value)
    }

    /// Takes one of several names.
    pub(crate) fn choice<T>(
        &mut self,
        name: &'static str,
        names: &[&str],
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let found = find(text.trim());
        if found.is_none() {
            self.faults.push(Fault::field(name, Wrong::OneOf).with("values", &names.join(", ")));
        }
        found
    }

    /// Takes a list of texts that may be absent.
    pub(crate) fn optional_texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.optional(name)?;
        self.as_texts(name, value)
    }

    fn as_texts(&mut self, name: &'static str, value: Value) -> Option<Vec<String>> {
        let texts = match value {
            Value::Array(items) => items
                .into_iter()
                .map(|item| if let Value::String(text) = item { Some(text) } else { None })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if texts.is_none() {
            self.faults.push(Fault::field(name, Wrong::TypeTexts));
        }
        texts
    }

    fn as_moment(&mut self, name: &'static str, text: &str) -> Option<Moment> {
        Moment::parse(text).map_err(|problem| self.faults.push(Fault::field(name, moment_wrong(&problem)))).ok()
    }

    /// Takes an instant.
    pub(crate) fn moment(&mut self, name: &'static str) -> Option<Moment> {
        let text = self.text(name)?;
        self.as_moment(name, &text)
    }

    /// Takes an instant that may be absent.
    pub(crate) fn optional_moment(&mut self, name: &'static str) -> Option<Moment> {
        let text = self.optional_text(name)?;
        self.as_moment(name, &text)
    }

    /// Takes an instant, or a date in its place; may be absent.
    pub(crate) fn optional_moment_or_date(&mut self, name: &'static str) -> Option<InstantOrDate> {
        let text = self.optional_text(name)?;
        match NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") {
            Ok(date) => Some(InstantOrDate::Date(date)),
            Err(_) => self.as_moment(name, &text).map(InstantOrDate::Instant),
        }
    }

    /// Takes a date.
    pub(crate) fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        let text = self.text(name)?;
        let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
        if date.is_none() {
            self.faults.push(Fault::field(name, Wrong::Date));
        }
        date
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// All that was wrong, and every field that nobody read.
    pub(crate) fn finish<T>(mut self, read: Option<T>) -> Result<T, Problem> {
        for name in self.left.keys().take(20) {
            let known = self.known.join(", ");
            self.faults.push(Fault::field(name, Wrong::UnknownField).with("known", &known));
        }
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(Problem::invalid(self.faults)),
        }
    }
}

/// Returns what is wrong with an instant.
#[must_use]
pub(crate) const fn moment_wrong(problem: &MomentProblem) -> Wrong {
    match problem {
        MomentProblem::NoOffset => Wrong::InstantWithoutOffset,
        MomentProblem::Unreadable => Wrong::Instant,
        MomentProblem::OutOfRange => Wrong::InstantOutOfRange,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::words::Language;
    use serde_json::json;

    fn faults(problem: &Problem) -> Vec<(String, String)> {
        let document = problem.document(Language::En, "0190");
        document.errors.into_iter().map(|fault| (fault.pointer.unwrap_or_default(), fault.code)).collect()
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let mut fields =
            Fields::of(json!({"name": 5, "day": "31.12.2026", "at": "2026-07-07T20:21:51", "x/y": 1})).unwrap();
        let read = (fields.text("name"), fields.date("day"), fields.moment("at"), fields.text("reason"));
        assert_eq!(read, (None, None, None, None));
        let problem = fields.finish(None::<()>).unwrap_err();
        let expected = [
            ("/name", "type_text"),
            ("/day", "date"),
            ("/at", "instant_without_offset"),
            ("/reason", "missing"),
            ("/x~1y", "unknown_field"),
        ];
        assert_eq!(faults(&problem), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    }

    #[test]
    fn null_is_the_same_as_absent() {
        let mut fields = Fields::of(json!({"notice": null})).unwrap();
        assert_eq!(fields.optional_text("notice"), None);
        assert!(fields.finish(Some(())).is_ok());
    }

    #[test]
    fn a_list_is_no_object() {
        assert_eq!(faults(&Fields::of(json!([])).unwrap_err()), [(String::new(), "not_an_object".to_owned())]);
    }

    #[test]
    fn a_date_stands_for_its_first_instant_in_the_zone_of_the_registry() {
        let mut fields = Fields::of(json!({"since": "2026-07-01"})).unwrap();
        let since = fields.optional_moment_or_date("since").unwrap().start(Zone::find("Asia/Almaty").unwrap());
        assert_eq!(since, Moment::parse("2026-07-01T00:00:00+05:00").unwrap());
    }
}
