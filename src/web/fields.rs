//! The fields of a JSON object, read one by one, so that all that is wrong is said at once and each with its place.
//!
//! *Invariant:* a field that nobody read is refused by name: a typing mistake must not pass for "not given".

use chrono::{Datelike, NaiveDate};
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

/// How many lines a text may have. Other control characters fit nowhere: they cannot be seen, and `PostgreSQL` stores no
/// U+0000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// One, without a tab.
    One,
    /// Any number, with tabs.
    Many,
}

impl Lines {
    /// Returns whether a text has no other control characters than these lines allow.
    #[must_use]
    pub(super) fn fit(self, text: &str) -> bool {
        let layout = |character| self == Self::Many && matches!(character, '\n' | '\r' | '\t');
        text.chars().all(|character| !character.is_control() || layout(character))
    }
}

/// An instant, or a date that stands for its first instant in the registry's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstantOrDate {
    /// An instant.
    Instant(Moment),
    /// A date.
    Date(NaiveDate),
}

/// A field that may also be erased.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    /// It is not there: it stays as it is.
    Absent,
    /// It is `null`.
    Erased,
    /// It has this value.
    Value(Value),
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

    /// Takes a field that may also be erased.
    pub(crate) fn erasable(&mut self, name: &'static str) -> Given {
        self.known.push(name);
        match self.left.remove(name) {
            None => Given::Absent,
            Some(Value::Null) => Given::Erased,
            Some(value) => Given::Value(value),
        }
    }

    /// Reads a text of one line out of a value.
    pub(crate) fn line(&mut self, name: &'static str, value: Value) -> Option<String> {
        self.as_text(name, value, Lines::One)
    }

    /// Reads a date out of a value.
    pub(crate) fn day(&mut self, name: &'static str, value: Value) -> Option<NaiveDate> {
        let text = self.as_text(name, value, Lines::One)?;
        let date = parse_date(&text);
        if date.is_none() {
            self.faults.push(Fault::field(name, Wrong::Date));
        }
        date
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

    fn as_text(&mut self, name: &'static str, value: Value, lines: Lines) -> Option<String> {
        let wrong = match value {
            Value::String(text) if lines.fit(&text) => return Some(text),
            Value::String(_) => Wrong::ControlCharacter,
            _ => Wrong::TypeText,
        };
        self.faults.push(Fault::field(name, wrong));
        None
    }

    /// Takes a text of one line.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.required(name)?;
        self.as_text(name, value, Lines::One)
    }

    /// Takes a text of one line that may be absent.
    pub(crate) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name)?;
        self.as_text(name, value, Lines::One)
    }

    /// Takes a text that people wrote for people.
    pub(crate) fn prose(&mut self, name: &'static str) -> Option<String> {
        let value = self.required(name)?;
        self.as_text(name, value, Lines::Many)
    }

    /// Takes a text that people wrote for people; may be absent.
    pub(crate) fn optional_prose(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name)?;
        self.as_text(name, value, Lines::Many)
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
        let wrong = match texts {
            Some(texts) if texts.iter().all(|text| Lines::One.fit(text)) => return Some(texts),
            Some(_) => Wrong::ControlCharacter,
            None => Wrong::TypeTexts,
        };
        self.faults.push(Fault::field(name, wrong));
        None
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
        self.as_moment_or_date(name, &text)
    }

    /// Takes an instant, or a date in its place.
    pub(crate) fn moment_or_date(&mut self, name: &'static str) -> Option<InstantOrDate> {
        let text = self.text(name)?;
        self.as_moment_or_date(name, &text)
    }

    fn as_moment_or_date(&mut self, name: &'static str, text: &str) -> Option<InstantOrDate> {
        match parse_date(text) {
            Some(date) => Some(InstantOrDate::Date(date)),
            None => self.as_moment(name, text).map(InstantOrDate::Instant),
        }
    }

    /// Takes a date.
    pub(crate) fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        let value = self.required(name)?;
        self.day(name, value)
    }

    /// Takes a date that may be absent.
    pub(crate) fn optional_date(&mut self, name: &'static str) -> Option<NaiveDate> {
        let text = self.optional_text(name)?;
        let date = parse_date(&text);
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

/// Reads `YYYY-MM-DD` (RFC 3339, `full-date`) of the years 1970 to 2200, the same that instants have.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && (1970..=2200).contains(&date.year())).then_some(date)
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
    fn control_characters_are_refused_but_for_the_layout_of_prose() {
        let sent = json!({"name": "a\u{0}b", "line": "a\nb", "scopes": ["a", "\u{7}"], "reason": "a\r\n\tb", "notice": "\u{0}"});
        let mut fields = Fields::of(sent).unwrap();
        assert_eq!((fields.text("name"), fields.optional_text("line")), (None, None));
        assert_eq!(fields.optional_texts("scopes"), None);
        assert_eq!(fields.prose("reason").as_deref(), Some("a\r\n\tb"));
        assert_eq!(fields.optional_prose("notice"), None);
        let problem = fields.finish(None::<()>).unwrap_err();
        let expected = ["/name", "/line", "/scopes", "/notice"];
        assert_eq!(faults(&problem), expected.map(|at| (at.to_owned(), "control_character".to_owned())));
    }

    #[test]
    fn a_date_has_ten_characters_and_a_year_that_instants_have_too() {
        assert!(parse_date("1970-01-01").is_some() && parse_date(" 2200-12-31 ").is_some());
        for none in
            ["+262142-12-31", "-262143-01-01", "1969-12-31", "2201-01-01", "2026-7-07", "26-07-2026", "0026-07-07"]
        {
            assert_eq!(parse_date(none), None, "{none}");
        }
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
