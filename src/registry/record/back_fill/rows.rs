//! The rows of a file of rides: a table with a header, or a report a line, read as they come.
//!
//! *Invariant:* one row that cannot be read is one refused report; no row is passed over in silence but a blank one.

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read};
use thiserror::Error;

use crate::model::Place;
use crate::plate::Scheme;
use crate::registry::record::ReportProblem;
use crate::registry::record::judge::{Judged, Says, judge, judge_said};

/// The most bytes of a report on a line of its own.
const LONGEST_LINE: u64 = 1024 * 1024;
/// The only column of a file of lines.
const LINE: &str = "report";
/// What may divide the cells of a table, in the order of preference.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Why a file cannot be read as rides.
#[derive(Debug, Error)]
pub enum RowsProblem {
    /// It cannot be read at all.
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    /// The table cannot be read on.
    #[error("the table cannot be read")]
    Table(#[from] csv::Error),
    /// The header lacks what every ride needs.
    #[error(
        "the header has no column {0}; the first line must name the columns, such as ride_id,device_id,started_at,ended_at"
    )]
    NoColumn(&'static str),
    /// A column stands there twice.
    #[error("the header has the column {0} twice")]
    Twice(String),
}

/// A row: where it stands, what it says, and what it looked like.
pub struct Row {
    pub(super) line: u64,
    pub(super) cells: ByteRecord,
    pub(super) judged: Result<Judged, ReportProblem>,
}

/// The rows of a file, one after another.
pub struct Rows<R> {
    scheme: Scheme,
    columns: Vec<String>,
    slots: Vec<Slot>,
    from: From<R>,
}

enum From<R> {
    Table(Box<Reader<R>>),
    Lines { input: R, line: u64 },
}

impl<R: BufRead> Rows<R> {
    /// Begins to read: what begins with `{` is a report a line (NDJSON), anything else a table (CSV) whose header names the
    /// fields of a report; places are `start_lat`, `start_lng`, `end_lat`, `end_lng`.
    ///
    /// # Errors
    /// [`RowsProblem`] where the file cannot be read, or the header lacks a column that every ride needs.
    pub fn open(scheme: Scheme, mut input: R) -> Result<Self, RowsProblem> {
        if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        let head = input.fill_buf()?;
        if head.trim_ascii_start().first() == Some(&b'{') {
            return Ok(Self {
                scheme,
                columns: vec![LINE.to_owned()],
                slots: Vec::new(),
                from: From::Lines { input, line: 0 },
            });
        }
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| first.split(|byte| *byte == delimiter).count();
        let [comma, ..] = DELIMITERS;
        // Of equals the last would win: they are asked from the last to the first.
        let delimiter = DELIMITERS.into_iter().rev().max_by_key(|one| count(*one)).unwrap_or(comma);
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
        let header = reader.byte_headers()?;
        let columns: Vec<_> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
        let has = |name: &str| columns.iter().any(|column| column == name);
        for needed in ["ride_id", "started_at"] {
            if !has(needed) {
                return Err(RowsProblem::NoColumn(needed));
            }
        }
        if !has("device_id") && !has("plate") {
            return Err(RowsProblem::NoColumn("device_id or plate"));
        }
        let mut sorted: Vec<_> = columns.iter().filter(|name| !name.is_empty()).collect();
        sorted.sort_unstable();
        if let Some([name, _]) = sorted.array_windows().find(|[one, other]| one == other) {
            return Err(RowsProblem::Twice((*name).clone()));
        }
        let slots = columns.iter().map(|name| Slot::of(name)).collect();
        Ok(Self { scheme, columns, slots, from: From::Table(Box::new(reader)) })
    }

    /// Returns the names of the columns; of reports on lines the only one is `report`.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Returns the columns that are not read: perhaps mistyped.
    #[must_use]
    pub fn unread(&self) -> Vec<&str> {
        match self.from {
            From::Table(_) => {
                let columns = self.columns.iter().zip(&self.slots);
                columns.filter(|(_, slot)| matches!(slot, Slot::Unread)).map(|(name, _)| name.as_str()).collect()
            }
            From::Lines { .. } => Vec::new(),
        }
    }

    /// Reads the next row; `None` at the end.
    ///
    /// # Errors
    /// [`RowsProblem`] where the file cannot be read on.
    pub fn next_row(&mut self) -> Result<Option<Row>, RowsProblem> {
        let mut cells = ByteRecord::new();
        match &mut self.from {
            From::Table(reader) => {
                if !reader.read_byte_record(&mut cells)? {
                    return Ok(None);
                }
                let line = cells.position().map_or(0, csv::Position::line);
                let judged = Said::of(&self.slots, &cells).and_then(|said| judge_said(self.scheme, &said));
                Ok(Some(Row { line, cells, judged }))
            }
            From::Lines { input, line } => {
                let Some(text) = next_line(input, line)? else { return Ok(None) };
                cells.push_field(&text);
                let report: Result<Value, _> = serde_json::from_slice(&text);
                let judged = report.map_err(|_syntax| ReportProblem::Unreadable);
                let judged = judged.and_then(|report| judge(self.scheme, &report));
                Ok(Some(Row { line: *line, cells, judged }))
            }
        }
    }
}

/// Reads the next line that is not blank; of one that is too long the rest is passed over, and it is no report.
fn next_line(input: &mut impl BufRead, line: &mut u64) -> Result<Option<Vec<u8>>, RowsProblem> {
    loop {
        let mut text = Vec::new();
        if input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)? == 0 {
            return Ok(None);
        }
        *line += 1;
        if text.last() != Some(&b'\n') && u64::try_from(text.len()).is_ok_and(|length| length == LONGEST_LINE) {
            input.skip_until(b'\n')?;
        }
        let trimmed = text.trim_ascii();
        if !trimmed.is_empty() {
            return Ok(Some(trimmed.to_vec()));
        }
    }
}

/// The columns that hold texts as a report has them.
const FIELDS: [&str; 7] = ["ride_id", "device_id", "plate", "started_at", "ended_at", "kind", "rider_handle"];
/// The places, each with its columns of latitude and longitude.
const PLACES: [(&str, [&str; 2]); 2] = [("start", ["start_lat", "start_lng"]), ("end", ["end_lat", "end_lng"])];

/// Where the cell of a column goes.
#[derive(Clone, Copy)]
enum Slot {
    Field(usize),
    Place(usize, usize),
    Unread,
}

impl Slot {
    fn of(name: &str) -> Self {
        if let Some(place) = FIELDS.iter().position(|field| *field == name) {
            return Self::Field(place);
        }
        let of = |(place, (_, columns)): (usize, &(&str, [&str; 2]))| {
            Some(Self::Place(place, columns.iter().position(|column| *column == name)?))
        };
        PLACES.iter().enumerate().find_map(of).unwrap_or(Self::Unread)
    }
}

/// What the cells of a row say. An empty cell says nothing.
struct Said<'a> {
    texts: [Option<&'a str>; 7],
    places: [[Option<&'a str>; 2]; 2],
}

impl<'a> Said<'a> {
    fn of(slots: &[Slot], cells: &'a ByteRecord) -> Result<Self, ReportProblem> {
        if cells.len() != slots.len() {
            return Err(ReportProblem::Unreadable);
        }
        let mut said = Self { texts: [None; 7], places: [[None; 2]; 2] };
        for (slot, cell) in slots.iter().zip(cells) {
            let text = std::str::from_utf8(cell).map_err(|_not_utf_8| ReportProblem::Unreadable)?.trim();
            let into = match *slot {
                Slot::Field(place) => said.texts.get_mut(place),
                Slot::Place(place, of) => said.places.get_mut(place).and_then(|degrees| degrees.get_mut(of)),
                Slot::Unread => None,
            };
            if let Some(into) = into {
                *into = Some(text).filter(|text| !text.is_empty());
            }
        }
        Ok(said)
    }

    /// The same as the object that a report over HTTP is.
    fn as_object(&self) -> Value {
        let texts = FIELDS.iter().zip(self.texts).filter_map(|(name, text)| Some((*name, Value::from(text?))));
        let places = PLACES.iter().zip(self.places).filter(|(_, degrees)| *degrees != [None; 2]);
        let places = places.map(|((name, _), [lat, lng])| (*name, json!({"lat": lat, "lng": lng})));
        Value::Object(texts.chain(places).map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl Says for Said<'_> {
    fn text(&self, name: &'static str) -> Result<Option<&str>, ReportProblem> {
        Ok(FIELDS.iter().zip(self.texts).find(|(field, _)| **field == name).and_then(|(_, text)| text))
    }

    fn place(&self, name: &'static str) -> Result<Option<Place>, ReportProblem> {
        let of = PLACES.iter().zip(self.places).find(|((place, _), _)| *place == name);
        let Some((_, degrees)) = of.filter(|(_, degrees)| *degrees != [None; 2]) else {
            return Ok(None);
        };
        let [lat, lng] = degrees.map(|text| text.and_then(|text| text.parse::<f64>().ok()));
        let place = lat.zip(lng).and_then(|(lat, lng)| Place::new(lat, lng).ok());
        place.map(Some).ok_or(ReportProblem::Place(name))
    }
}

/// What is kept of a refused row: its report; of one that cannot be read only how many cells it has, for nobody knows in which
/// of them a rider's handle stands.
pub(super) fn as_reported(columns: &[String], cells: &ByteRecord) -> Value {
    let read = match columns {
        [report] if report == LINE => serde_json::from_slice(cells.as_slice()).ok(),
        _ => {
            let slots: Vec<_> = columns.iter().map(|name| Slot::of(name)).collect();
            Said::of(&slots, cells).ok().map(|said| said.as_object())
        }
    };
    read.unwrap_or_else(|| json!({"unreadable_cells": cells.len()}))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use crate::plate::KZ_158;

    fn read(text: &str) -> Vec<Row> {
        let mut rows = Rows::open(KZ_158, text.as_bytes()).unwrap();
        std::iter::from_fn(|| rows.next_row().unwrap()).collect()
    }

    #[test]
    fn a_table_and_lines_say_the_same() {
        let table = read(
            "\u{feff}ride_id;started_at;ended_at;device_id;start_lat;start_lng;end_lat;end_lng;kind;note\r\n\
             r1;2026-07-07T12:00:00+05:00;;k-1;43.2;76.9;;;rebalance;x\r\n",
        );
        let lines = read(
            "{\"ride_id\":\"r1\",\"started_at\":\"2026-07-07T07:00:00Z\",\"device_id\":\"k-1\",\
             \"start\":{\"lat\":43.2,\"lng\":76.9},\"kind\":\"rebalance\"}\n\n",
        );
        assert_eq!((table.len(), lines.len()), (1, 1));
        assert_eq!(table.first().unwrap().judged, lines.first().unwrap().judged);
        assert!(table.first().unwrap().judged.is_ok());
    }

    #[test]
    fn each_row_that_is_wrong_is_refused_by_itself() {
        let rows = read(
            "ride_id,started_at,device_id,end_lat,end_lng\nr1,2026-07-07T12:00:00,k,,\nr2,2026-07-07T12:00:00Z\n\
             r3,2026-07-07T12:00:00Z,k,here,7\nr4,2026-07-07T12:00:00Z,k,43,77\n",
        );
        let codes: Vec<_> =
            rows.iter().map(|row| row.judged.as_ref().map_or_else(ReportProblem::code, |_| "ok")).collect();
        assert_eq!(codes, ["no_offset", "unreadable", "bad_place", "ok"]);
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
        let lines = read(&format!("{{}}\n{{\"ride_id\":\"{}\"}}\n{{]\n", "x".repeat(2_000_000)));
        let codes: Vec<_> = lines.iter().map(|row| row.judged.as_ref().unwrap_err().code()).collect();
        assert_eq!(codes, ["missing", "unreadable", "unreadable"]);
    }

    #[test]
    fn a_header_without_what_a_ride_needs_is_no_header() {
        let open = |text: &str| Rows::open(KZ_158, text.as_bytes()).err().map(|problem| problem.to_string());
        assert!(open("ride_id,started_at\n").unwrap().contains("device_id or plate"));
        assert!(open("").unwrap().contains("ride_id"));
        assert!(open("ride_id,ride_id,started_at,plate\n").unwrap().contains("twice"));
        let rows = Rows::open(KZ_158, "Ride_ID, started_at,plate,finished\n".as_bytes()).unwrap();
        assert_eq!(rows.unread(), ["finished"]);
    }
}
