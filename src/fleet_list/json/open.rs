//! Objects as records: keys are columns in the order in which they first appear.
//!
//! *Invariant:* an object that lacks a key has a blank cell there, and the first of two equal keys is the one that counts.

use std::collections::{HashMap, HashSet};

use super::elements::{Element, Elements, elements};
use super::scan::{Scan, Value};
use crate::fleet_list::bounds::Bounds;
use crate::fleet_list::encoding::Decoded;
use crate::fleet_list::table::{Defect, Fault, Header, Record, Table};
use crate::fleet_list::{Problem, ProblemKind};

/// Bytes that the cells may take whatever the text takes; what a byte of it may come to; and what a cell takes beside its
/// text. One object with many keys must not make a wide row of every short one.
const FREE: usize = 16 * 1024 * 1024;
const GROWTH: usize = 8;
const CELL: usize = 24;

/// Opens a decoded text as a table.
///
/// # Errors
/// The problem of the file, if it is no list of objects.
pub(in super::super) fn open<'a>(decoded: &'a Decoded<'_>, bounds: &'a Bounds) -> Result<Table<'a>, Problem> {
    let Elements { format, pointer, list: elements, others } = elements(&decoded.text, bounds)?;
    let names = names(&elements, bounds);
    let room = FREE.saturating_add(decoded.text.len().saturating_mul(GROWTH));
    let most = room / CELL / elements.len().max(1);
    if names.len() > most {
        return Err(Problem::new(ProblemKind::TooManyColumns).with("limit", &most.to_string()));
    }
    let places: HashMap<String, usize> = names.iter().cloned().zip(0..).collect();
    let not_read = (!others.is_empty()).then(|| {
        let told = Problem::new(ProblemKind::ArraysNotRead).with("location", &pointer);
        told.with("keys", &others.join(", "))
    });
    // An element of an array is named by its place from 0 (RFC 6901), a line stands by itself.
    let of_array = format == "json";
    let records = elements.into_iter().map(move |element| {
        let at = if of_array { format!("{pointer}/{}", element.row.saturating_sub(1)) } else { String::new() };
        record(&element, &places, &at, bounds)
    });
    Ok(Table {
        format,
        encoding: decoded.encoding,
        delimiter: None,
        sheet: None,
        header: Header::Known(names),
        problems: not_read.into_iter().collect(),
        records: Box::new(records.filter(|record| !record.is_blank())),
    })
}

/// The keys of all objects, as many as a table may have columns and one more that says that there are too many.
fn names(elements: &[Element<'_>], bounds: &Bounds) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for element in elements.iter().filter(|element| element.defect.is_none()) {
        let read = Scan::new(element.raw, bounds.depth).object(|key, _| {
            if names.len() <= bounds.columns && known.insert(key.clone()) {
                names.push(key);
            }
        });
        if read.is_err() || names.len() > bounds.columns {
            break;
        }
    }
    names
}

fn record(element: &Element<'_>, places: &HashMap<String, usize>, at: &str, bounds: &Bounds) -> Record {
    let beginning = || element.raw.chars().take(bounds.cell_characters).collect::<String>();
    let too_long = (element.raw.len() > bounds.record_bytes).then_some(Defect::TooLong);
    if let Some(defect) = element.defect.or(too_long) {
        return Record { defect: Some(defect), ..Record::sound(element.row, vec![beginning()]) };
    }
    let mut cells = vec![String::new(); places.len()];
    let mut seen = vec![false; places.len()];
    let mut faults = Vec::new();
    let read = Scan::new(element.raw, bounds.depth).object(|key, value| {
        let Some(place) = places.get(&key).copied() else { return };
        let (Some(cell), Some(seen)) = (cells.get_mut(place), seen.get_mut(place)) else { return };
        if std::mem::replace(seen, true) {
            faults.push(Fault { place, kind: ProblemKind::KeyRepeated, args: Vec::new() });
            return;
        }
        match value {
            Value::Text(text) => *cell = text,
            Value::Word("null") => {}
            Value::Word(word) => word.clone_into(cell),
            Value::Nested(nested) => {
                let location = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                faults.push(Fault { place, kind: ProblemKind::NestedValue, args: vec![("location", location)] });
                *cell = nested.chars().take(bounds.cell_characters).collect();
            }
        }
    });
    let defect = read.is_err().then_some(Defect::NoJson);
    let mut record = Record { row: element.row, cells, defect, faults };
    record.trim_end();
    record
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::fleet_list::encoding;

    fn opened(text: &str) -> Result<(&'static str, Vec<String>, Vec<Record>), ProblemKind> {
        let decoded = encoding::decode(text.as_bytes());
        let table = open(&decoded, &Bounds::PROMISED).map_err(|problem| problem.kind)?;
        let Header::Known(names) = table.header else { unreachable!() };
        Ok((table.format, names, table.records.collect()))
    }

    #[test]
    fn keys_become_columns_in_the_order_in_which_they_first_appear() {
        let (format, names, records) = opened(r#"[{"b":1,"a":"x"},{"c":true,"a":null}]"#).unwrap();
        assert_eq!((format, names), ("json", vec!["b".to_owned(), "a".to_owned(), "c".to_owned()]));
        assert_eq!(records[0], Record::sound(1, vec!["1".into(), "x".into()]));
        assert_eq!(records[1], Record::sound(2, vec![String::new(), String::new(), "true".into()]));
    }

    #[test]
    fn one_wide_object_does_not_make_wide_rows_of_many_short_ones() {
        let wide: Vec<String> = (0..200).map(|key| format!("\"{key}\":1")).collect();
        let text = format!("{{{}}}\n{}", wide.join(","), "{\"199\":1}\n".repeat(50_000));
        assert_eq!(opened(&text).err(), Some(ProblemKind::TooManyColumns));
    }

    #[test]
    fn a_list_is_found_where_interfaces_and_feeds_put_it() {
        for text in [
            r#"{"vehicles":[{"a":1},{"a":2}]}"#,
            r#"{"last_updated":1,"zones":["x"],"data":{"bikes":[{"a":1},{"a":2}]}}"#,
            "{\"a\":1}\r\n\r\n{\"a\":2}\r\n",
        ] {
            assert_eq!(opened(text).unwrap().2.len(), 2, "{text}");
        }
        assert_eq!(opened(r#"{"a":1}"#).unwrap().2, [Record::sound(1, vec!["1".into()])]);
    }

    #[test]
    fn an_array_that_was_not_read_is_told_by_its_key_and_so_is_a_repeated_one() {
        let told = |text: &str| {
            let decoded = encoding::decode(text.as_bytes());
            let table = open(&decoded, &Bounds::PROMISED).map_err(|problem| problem.kind).ok().unwrap();
            table.problems.into_iter().map(|problem| (problem.kind, problem.args)).collect::<Vec<_>>()
        };
        let not_read = |location: &str, keys: &str| {
            let args = [("location", location), ("keys", keys)];
            vec![(ProblemKind::ArraysNotRead, args.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())]
        };
        let lists = r#"{"a":[{"x":1}],"zones":["z"],"b":[{"x":2}],"a":[{"x":3}]}"#;
        assert_eq!(told(lists), not_read("/a", "b, a"));
        assert_eq!(told(r#"{"data":{"bikes":[{"a":1}]},"data":{"bikes":[{"a":2}]}}"#), not_read("/data/bikes", "data"));
        assert_eq!(told(r#"{"vehicles":[{"a":1}],"next":null}"#), []);
    }

    #[test]
    fn a_broken_line_costs_itself_and_keeps_its_number() {
        let (format, _, records) = opened("{\"a\":1,}\n{\"a\":2}\n\n[3]\n{\"a\":4}\n{\"a\":5").unwrap();
        let read: Vec<_> = records.iter().map(|record| (record.row, record.defect)).collect();
        let expected =
            [(1, Some(Defect::NoJson)), (2, None), (4, Some(Defect::NoObject)), (5, None), (6, Some(Defect::NoJson))];
        assert_eq!((format, read.as_slice()), ("ndjson", expected.as_slice()));
    }

    #[test]
    fn a_broken_document_and_one_without_a_list_are_refused() {
        assert_eq!(opened("[{\"a\":1},{\"a\":}]"), Err(ProblemKind::JsonBroken));
        assert_eq!(opened("[{\"a\":1}"), Err(ProblemKind::JsonBroken));
        let decoded = encoding::decode("[\n  {\"ж\": x}]".as_bytes());
        let problem = open(&decoded, &Bounds::PROMISED).err().unwrap();
        assert_eq!(problem.args, [("line".to_owned(), "2".to_owned()), ("position".to_owned(), "9".to_owned())]);
    }

    #[test]
    fn what_is_nested_or_told_twice_is_a_fault_of_its_cell() {
        let (_, _, records) = opened(r#"{"vehicles":[{"a":{"b":1}},{"a/b":[],"a":1,"a":2}]}"#).unwrap();
        assert_eq!(records[0].faults[0].args, [("location", "/vehicles/0/a".to_owned())]);
        let kinds: Vec<_> = records[1].faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [ProblemKind::NestedValue, ProblemKind::KeyRepeated]);
        assert_eq!(records[1].cells, ["1", "[]"]);
    }
}
