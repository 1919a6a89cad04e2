//! Which record is the header row: files begin with titles, dates and stamps, or with no header at all.
//!
//! *Invariant:* a row of facts is never taken for a header in silence: without names there are no fields.

use super::table::Record;
use super::{Mapping, alias, cell, date};

/// How many records are looked at.
pub(super) const LOOKED_AT: usize = 20;

/// What a column that the operator named itself counts, against one for a name we know.
const MAPPED: usize = 2;

/// Returns how strongly the cells speak for a header row: how many of them are names we know or were told.
pub(super) fn hits(cells: &[String], mapping: &Mapping) -> usize {
    cells
        .iter()
        .map(|cell| match (mapping.field_of(cell), alias::field_of(cell)) {
            (Some(_), _) => MAPPED,
            (None, Some(_)) => 1,
            (None, None) => 0,
        })
        .sum()
}

/// Returns the place of the header row among the first records.
///
/// The record with the most names wins, the first of equals; a single name must be half of what stands in its record (a
/// title may happen to be a name). If no record has names, the first record that is as wide as the table may still be
/// a header in words we do not know; nothing is returned if it looks like a row of facts.
pub(super) fn find(first: &[Record], mapping: &Mapping) -> Option<usize> {
    if let Some(place) = named(first, mapping) {
        return Some(place);
    }
    let widest = first.iter().map(filled).max().unwrap_or(0);
    let place = first.iter().position(|record| filled(record) * 2 > widest)?;
    first.get(place).filter(|record| could_be_names(&record.cells)).map(|_| place)
}

/// Returns the place of the first record with the most names that we know or were told, if one has enough of them.
pub(super) fn named(first: &[Record], mapping: &Mapping) -> Option<usize> {
    let named = first
        .iter()
        .enumerate()
        .map(|(place, record)| (hits(&record.cells, mapping), place, filled(record)))
        .filter(|(hits, _, filled)| *hits >= 2 || (*hits == 1 && *filled <= 2))
        .max_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
    named.map(|(_, place, _)| place)
}

/// The number of cells that are not blank.
fn filled(record: &Record) -> usize {
    record.cells.iter().filter(|cell| !cell::is_blank(cell)).count()
}

/// Whether the cells could be names of columns: all different, and none a number, a date, a yes or no, or a long text.
fn could_be_names(cells: &[String]) -> bool {
    const LONGEST_NAME: usize = 100;
    let mut seen = std::collections::HashSet::new();
    cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).all(|cell| {
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        let letters = cell.chars().filter(|character| character.is_alphabetic()).count();
        letters > digits
            && digits < 4
            && cell.chars().count() <= LONGEST_NAME
            && date::read(cell).is_err()
            && !["true", "false", "yes", "no", "да", "нет", "иә", "жоқ"].contains(&cell.to_lowercase().as_str())
            && seen.insert(cell)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Option<usize> {
        let record = |line: &&str| Record::sound(1, line.split(';').map(str::to_owned).collect());
        find(&lines.iter().map(record).collect::<Vec<_>>(), &Mapping::default())
    }

    #[test]
    fn the_header_is_the_record_with_the_most_names() {
        assert_eq!(found(&["plate;make;model", "A00001;Ninebot;Max"]), Some(0));
        assert_eq!(
            found(&["Парк самокатов", "на 1 июля 2026;номер", "Рег. номер;Марка;Модель", "А00001;Ninebot;Max"]),
            Some(2)
        );
        assert_eq!(found(&["plate", "A00001"]), Some(0));
        assert_eq!(found(&["plate;make", "make;plate"]), Some(0));
    }

    #[test]
    fn a_header_in_words_we_do_not_know_is_still_a_header() {
        assert_eq!(found(&["Company;Vehicle_ID;Type", "Veo;4eb72ca7;scooter"]), Some(0));
        assert_eq!(found(&["Our scooters", "Company;Vehicle_ID;Type", "Veo;4eb72ca7;scooter"]), Some(1));
        assert_eq!(found(&["Company;Vehicle_ID;comment", "Veo;4eb72ca7;plate"]), Some(0));
    }

    #[test]
    fn rows_of_facts_are_no_header() {
        assert_eq!(found(&["Ninebot;N2GSD2101;2024", "Ninebot;N2GSD2102;2024"]), None);
        assert_eq!(found(&["A00001", "A00002"]), None);
        assert_eq!(found(&["scooter;Almaty;true"]), None);
        assert_eq!(found(&["Ninebot;Ninebot;Max"]), None);
        assert_eq!(found(&[]), None);
    }
}
