//! The parameters of a query, read one by one.
//!
//! *Invariant:* a parameter that nobody read is refused by name: `dry-run=false` must not pass for the default.

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::fault::Fault;
use super::fields::{Lines, moment_wrong};
use super::problem::Problem;
use super::wrong::Wrong;
use crate::model::Moment;

/// The parameters that have not been read yet, and what was wrong with those that have.
#[derive(Debug)]
pub(crate) struct Params {
    left: Vec<(String, String)>,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl Params {
    /// Takes the query of a request apart.
    #[must_use]
    pub(crate) fn of(request: &HttpRequest) -> Self {
        Self::parse(request.query_string())
    }

    fn parse(query: &str) -> Self {
        let left = Query::<Vec<(String, String)>>::from_query(query).map(Query::into_inner).unwrap_or_default();
        Self { left, known: Vec::new(), faults: Vec::new() }
    }

    /// Takes a parameter that may stand several times.
    pub(crate) fn all(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let (taken, left) = std::mem::take(&mut self.left).into_iter().partition(|(found, _)| found == name);
        self.left = left;
        let taken: Vec<(String, String)> = taken;
        if taken.iter().any(|(_, value)| !Lines::Many.fit(value)) {
            self.faults.push(Fault::parameter(name, Wrong::ControlCharacter));
        }
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// Takes a parameter that may stand once.
    pub(crate) fn one(&mut self, name: &'static str) -> Option<String> {
        let mut values = self.all(name);
        if values.len() > 1 {
            self.faults.push(Fault::parameter(name, Wrong::Repeated));
        }
        values.pop()
    }

    /// Takes a parameter that can be read, or is refused under a code.
    pub(crate) fn read<T>(&mut self, name: &'static str, fault: Fault, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.one(name)?;
        let value = read(text.trim());
        if value.is_none() {
            self.faults.push(fault);
        }
        value
    }

    /// Takes an instant.
    pub(crate) fn moment(&mut self, name: &'static str) -> Option<Moment> {
        // A plus sign that was not escaped has become a space.
        let text = self.one(name)?.trim().replace(' ', "+");
        Moment::parse(&text).map_err(|problem| self.faults.push(Fault::parameter(name, moment_wrong(&problem)))).ok()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// All that was wrong, and every parameter that nobody read.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in self.left.iter().take(20) {
            let known = if self.known.is_empty() { "-".to_owned() } else { self.known.join(", ") };
            self.faults.push(Fault::parameter(name, Wrong::UnknownParameter).with("known", &known));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_keeps_its_order_and_its_escapes() {
        let mut params = Params::parse("map=device_id:Vehicle%20ID&dry_run=false&map=plate%3ANo.+1");
        assert_eq!(params.all("map"), ["device_id:Vehicle ID", "plate:No. 1"]);
        assert_eq!(params.one("dry_run").as_deref(), Some("false"));
        assert!(params.finish().is_ok());
    }

    #[test]
    fn a_mistyped_parameter_is_refused() {
        let mut params = Params::parse("dry-run=false");
        assert_eq!(params.one("dry_run"), None);
        assert!(params.finish().is_err());
    }

    #[test]
    fn a_control_character_is_refused_but_a_line_break_in_the_name_of_a_column_is_not() {
        let mut params = Params::parse("map=device_id:Vehicle%0AID&adopt_up_to=K%0000001");
        assert_eq!(params.all("map"), ["device_id:Vehicle\nID"]);
        assert!(params.faults.is_empty());
        params.one("adopt_up_to");
        assert!(params.finish().is_err());
    }

    #[test]
    fn what_may_stand_once_is_refused_twice() {
        let mut params = Params::parse("mode=good_rows&mode=all_or_nothing");
        params.one("mode");
        assert!(params.finish().is_err());
    }

    #[test]
    fn an_instant_whose_plus_was_not_escaped_is_still_read() {
        let mut params = Params::parse("from=2026-07-07T20:21:51+05:00");
        assert_eq!(params.moment("from"), Moment::parse("2026-07-07T20:21:51+05:00").ok());
    }
}
