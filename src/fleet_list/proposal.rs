//! Which unused column could say which scooter a row is about, when no other does.
//!
//! *Invariant:* a proposal is only told; nothing is mapped that the operator has not mapped.

use std::collections::HashSet;

use super::bounds::Bounds;
use super::columns::Columns;
use super::{FleetRow, FoundBy, cell};

/// Words in a column's name that speak for an identifier.
const HINTS: [&str; 14] = [
    "id",
    "uuid",
    "guid",
    "vin",
    "imei",
    "code",
    "number",
    "код",
    "номер",
    "ид",
    "vehicle",
    "scooter",
    "самокат",
    "нөмір",
];

/// Returns the name of the column that could be the device id: no two rows have the same in it and none is blank.
///
/// A name that sounds like an identifier goes first, else the leftmost column. Measures (coordinates, charges) and
/// a count of the rows 1, 2, 3, … differ in every row too and are no identifiers.
pub(super) fn device_id_column<'a>(rows: &[FleetRow], columns: &'a Columns, bounds: &Bounds) -> Option<&'a str> {
    let unused = columns.found().iter().enumerate().filter(|(_, column)| column.by == FoundBy::Nothing);
    unused
        .filter(|(_, column)| !column.column.is_empty() && is_named_once(&column.column, columns))
        .filter(|(place, _)| identifies(rows, *place, bounds))
        .min_by_key(|(place, column)| (!sounds_like_identifier(&column.column), *place))
        .map(|(_, column)| column.column.as_str())
}

fn is_named_once(name: &str, columns: &Columns) -> bool {
    let folded = name.to_lowercase();
    columns.found().iter().filter(|column| column.column.to_lowercase() == folded).count() == 1
}

fn identifies(rows: &[FleetRow], place: usize, bounds: &Bounds) -> bool {
    let mut seen = HashSet::with_capacity(rows.len());
    let all_differ = rows.iter().all(|row| {
        let content = row.cells.get(place).and_then(|cell| cell::content(cell));
        content.is_some_and(|text| {
            text.chars().count() <= bounds.identifier_characters
                && !text.chars().any(char::is_control)
                && seen.insert(text)
        })
    });
    let counts = || {
        (1_usize..)
            .zip(rows)
            .all(|(count, row)| row.cells.get(place).is_some_and(|cell| cell.trim() == count.to_string()))
    };
    all_differ && !seen.iter().all(|text| is_measure(text)) && !counts()
}

/// Whether the text is a number with a fraction.
fn is_measure(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number.split_once(['.', ',']).is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
}

fn sounds_like_identifier(name: &str) -> bool {
    let mut words: Vec<String> = Vec::new();
    let mut after_small_letter = false;
    for character in name.chars() {
        if words.is_empty() || !character.is_alphanumeric() || (after_small_letter && character.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        after_small_letter = character.is_lowercase();
    }
    words.iter().any(|word| {
        HINTS.contains(&word.as_str()) || HINTS.iter().any(|hint| hint.chars().count() > 3 && word.starts_with(hint))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet_list::Mapping;

    fn proposed(lines: &[&str]) -> Option<String> {
        let cells = |line: &str| line.split(';').map(str::to_owned).collect::<Vec<_>>();
        let (columns, _) = Columns::of(&cells(lines.first().copied().unwrap_or_default()), &Mapping::default());
        let rows: Vec<FleetRow> =
            lines.iter().skip(1).map(|line| FleetRow { cells: cells(line), ..FleetRow::default() }).collect();
        device_id_column(&rows, &columns, &Bounds::PROMISED).map(str::to_owned)
    }

    #[test]
    fn the_column_that_tells_every_row_apart_is_proposed() {
        let lines = ["№;Name;VehicleId;Lat;Type", "1;Ann;7-a;40.1;s", "2;Bob;7-b;40.2;s"];
        assert_eq!(proposed(&lines).as_deref(), Some("VehicleId"));
        assert_eq!(proposed(&["Name;Код машины", "Ann;x", "Bob;y"]).as_deref(), Some("Код машины"));
        assert_eq!(proposed(&["Name;Type", "Ann;s", "Bob;s"]).as_deref(), Some("Name"));
    }

    #[test]
    fn columns_that_do_not_tell_rows_apart_are_not_proposed() {
        assert_eq!(proposed(&["Vehicle_ID", "a", "a"]), None);
        assert_eq!(proposed(&["Vehicle_ID", "a", "-"]), None);
        assert_eq!(proposed(&["Vehicle_ID;x", "a;1.5", ";2.5"]), None);
        assert_eq!(proposed(&["No", "1", "2", "3"]), None);
        assert_eq!(proposed(&["Vehicle_ID;vehicle_id", "a;b", "c;d"]), None);
        assert_eq!(proposed(&["model", "a", "b"]), None);
    }

    #[test]
    fn a_name_sounds_like_an_identifier_by_its_words() {
        for name in ["Vehicle_ID", "vehicleId", "VIN", "Код", "номер самоката", "scooter-code"] {
            assert!(sounds_like_identifier(name), "{name}");
        }
        for name in ["Provider", "Latitude", "Ideal", "Кодекс", ""] {
            assert!(!sounds_like_identifier(name), "{name}");
        }
    }
}
