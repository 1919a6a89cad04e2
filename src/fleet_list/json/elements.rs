//! Which parts of a JSON text are about one scooter each: the elements of an array, or the lines of NDJSON.
//!
//! *Invariant:* a broken line of NDJSON costs itself; a document that is broken anywhere is refused, because what comes
//! after the break may mean anything.

use super::scan::{Broken, Scan, Value, quoted};
use crate::fleet_list::bounds::Bounds;
use crate::fleet_list::table::Defect;
use crate::fleet_list::{Problem, ProblemKind};

/// The part of the text that is about one scooter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Element<'t> {
    /// Of NDJSON the line, of JSON the place in the array; both from 1.
    pub(in super::super) row: u32,
    /// The object as written.
    pub(in super::super) raw: &'t str,
    /// Why it is none.
    pub(in super::super) defect: Option<Defect>,
}

/// A text of either form.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Elements<'t> {
    /// `json` or `ndjson`.
    pub(in super::super) format: &'static str,
    /// Where the array stands in the document, as a JSON pointer (RFC 6901).
    pub(super) pointer: String,
    pub(in super::super) list: Vec<Element<'t>>,
    /// The keys of other arrays of objects beside that array, which were not read; so many at most are named.
    pub(super) others: Vec<String>,
}

/// How many arrays that were not read are named, and how much of the key of each.
const NAMED: usize = 20;
const NAMED_CHARACTERS: usize = 100;

/// Finds the elements of a text, at most one more than rows are read.
///
/// # Errors
/// The problem of the file, if it is no list.
pub(in super::super) fn elements<'t>(text: &'t str, bounds: &Bounds) -> Result<Elements<'t>, Problem> {
    match document(text, bounds) {
        Err(_) if is_lines(text, bounds) => {
            let list = lines(text, bounds);
            Ok(Elements { format: "ndjson", pointer: String::new(), list, others: Vec::new() })
        }
        Err(Broken(at)) => Err(json_broken(text, at)),
        Ok(Some(found)) if found.list.iter().any(|element| element.defect.is_none()) || found.list.is_empty() => {
            Ok(found)
        }
        Ok(_) => Err(Problem::new(ProblemKind::JsonNoList)),
    }
}

/// Reads the text as one value: an array, or an object that holds one.
fn document<'t>(text: &'t str, bounds: &Bounds) -> Result<Option<Elements<'t>>, Broken> {
    let mut scan = Scan::new(text, bounds.depth);
    let value = scan.value()?;
    scan.end()?;
    let Value::Nested(mut part) = value else { return Ok(None) };
    let mut pointer = String::new();
    let mut others = Vec::new();
    // {"vehicles": […]} as the interface answers, {"data": {"vehicles": […]}} as feeds do.
    while part.starts_with('{') {
        let mut lists = Vec::new();
        let mut objects = Vec::new();
        Scan::new(part, bounds.depth).object(|key, value| match value {
            Value::Nested(nested) if nested.starts_with('[') => lists.push((key, nested)),
            Value::Nested(nested) => objects.push((key, nested)),
            _ => {}
        })?;
        let of_objects = |(_, list): &(String, &str)| list.trim_start_matches('[').trim_start().starts_with('{');
        let mut lists = lists.into_iter().filter(of_objects);
        let mut data = objects.into_iter().filter(|(key, _)| key == "data");
        let next = lists.next().or_else(|| data.next());
        let unread = lists.chain(data).take(NAMED.saturating_sub(others.len()));
        others.extend(unread.map(|(key, _)| key.chars().take(NAMED_CHARACTERS).collect::<String>()));
        let Some((key, nested)) = next else {
            // One object by itself is one scooter; on one line it is a list of one line.
            if pointer.is_empty() && !part.contains('\n') {
                return Ok(Some(Elements { format: "ndjson", pointer, list: lines(text, bounds), others }));
            }
            let only = Element { row: 1, raw: part, defect: None };
            return Ok(Some(Elements { format: "json", pointer, list: vec![only], others }));
        };
        pointer.push('/');
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        part = nested;
    }
    Ok(Some(Elements { format: "json", pointer, list: array(part, bounds)?, others }))
}

fn array<'t>(text: &'t str, bounds: &Bounds) -> Result<Vec<Element<'t>>, Broken> {
    let mut elements = Vec::new();
    let mut row = 0_u32;
    Scan::new(text, bounds.depth).array(|scan| {
        row = row.saturating_add(1);
        let from = scan.at();
        let is_object = scan.peek() == Some(b'{');
        scan.value()?;
        if elements.len() <= bounds.rows {
            let defect = (!is_object).then_some(Defect::NoObject);
            elements.push(Element { row, raw: scan.since(from), defect });
        }
        Ok(())
    })?;
    Ok(elements)
}

/// Whether the text is meant as one object a line: its first line is one, or several lines look like one.
fn is_lines(text: &str, bounds: &Bounds) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let looks_like_object = |line: &str| line.starts_with('{') && line.ends_with('}');
    let first = lines.clone().next().is_some_and(|line| looks_like_object(line) && is_object(line, bounds).is_ok());
    first || lines.by_ref().filter(|line| looks_like_object(line)).nth(1).is_some()
}

fn lines<'t>(text: &'t str, bounds: &Bounds) -> Vec<Element<'t>> {
    let numbered = (1_u32..).zip(text.lines().map(str::trim));
    let filled = numbered.filter(|(_, line)| !line.is_empty()).take(bounds.rows.saturating_add(1));
    filled.map(|(row, raw)| Element { row, raw, defect: is_object(raw, bounds).err() }).collect()
}

fn is_object(line: &str, bounds: &Bounds) -> Result<(), Defect> {
    let mut scan = Scan::new(line, bounds.depth);
    scan.value().and_then(|_| scan.end()).map_err(|_broken| Defect::NoJson)?;
    if line.starts_with('{') { Ok(()) } else { Err(Defect::NoObject) }
}

/// Returns the members of an object that was found sound, each value as JSON.
pub(in super::super) fn members(object: &str, bounds: &Bounds) -> Vec<(String, String)> {
    let mut members = Vec::new();
    // It was read before; were it broken after all, the members up to there would stand.
    let _ = Scan::new(object, bounds.depth).object(|key, value| {
        let value = match value {
            Value::Text(text) => quoted(&text),
            Value::Word(written) | Value::Nested(written) => written.to_owned(),
        };
        members.push((key, value));
    });
    members
}

fn json_broken(text: &str, at: usize) -> Problem {
    let before = text.get(..text.floor_char_boundary(at)).unwrap_or_default();
    let line = before.split('\n').count();
    let position = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem::new(ProblemKind::JsonBroken).with("line", &line.to_string()).with("position", &position.to_string())
}
