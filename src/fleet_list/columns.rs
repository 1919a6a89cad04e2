//! The columns of a file and the field that each of them holds.
//!
//! *Invariant:* a field has at most one column and a column at most one field; the operator's mapping goes before any name we know.

use super::report::{FoundBy, FoundColumn};
use super::{Field, Mapping, Problem, ProblemKind, alias, given_back};

/// The header row, understood.
#[derive(Debug)]
pub(super) struct Columns {
    found: Vec<FoundColumn>,
}

impl Columns {
    /// Gives the cells of the header row their fields, and tells what could not be obeyed or had to be left out.
    pub(super) fn of(header: &[String], mapping: &Mapping) -> (Self, Vec<Problem>) {
        let width = header.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        let names: Vec<&str> = header.iter().take(width).map(|cell| cell.trim()).collect();
        let mut columns = Self { found: Vec::with_capacity(width) };
        let mut problems = Vec::new();
        let ours = given_back::columns(&names);
        let mapped: Vec<Option<Field>> = first_of_each(names.iter().map(|name| mapping.field_of(name)));
        for ((name, mapped_field), is_ours) in names.iter().zip(&mapped).zip(ours) {
            let known = alias::field_of(name).filter(|field| !mapping.pairs().any(|(mapped, _)| mapped == *field));
            let (field, by) = match (mapped_field, known) {
                (Some(field), _) => (Some(*field), FoundBy::Map),
                (None, _) if is_ours => (None, FoundBy::Registry),
                (None, Some(field)) => match columns.name(field) {
                    Some(first) => {
                        problems.push(repeated(name, field, first));
                        (None, FoundBy::Nothing)
                    }
                    None => (Some(field), FoundBy::Alias),
                },
                (None, None) => (None, FoundBy::Nothing),
            };
            columns.found.push(FoundColumn { column: (*name).to_owned(), field, by });
        }
        for (field, column) in mapping.pairs().filter(|(field, _)| !mapped.contains(&Some(*field))) {
            problems.push(mapped_column_missing(field, column, &names));
        }
        (columns, problems)
    }

    /// Returns the columns as they are shown.
    pub(super) fn found(&self) -> &[FoundColumn] {
        &self.found
    }

    /// Returns the number of columns.
    pub(super) fn width(&self) -> usize {
        self.found.len()
    }

    /// Returns whether a cell in that place stands under no column. In a file that was given back, cells that stood beyond
    /// the last column stand under a blank name before ours.
    pub(super) fn is_beyond(&self, place: usize) -> bool {
        let returned = || self.found.iter().any(|column| column.by == FoundBy::Registry);
        self.found.get(place).is_none_or(|column| column.column.is_empty() && returned())
    }

    /// Returns the field that the column in that place holds.
    pub(super) fn field(&self, place: usize) -> Option<Field> {
        self.found.get(place)?.field
    }

    /// Returns the place of the column that holds the field, the first column being 0.
    pub(super) fn place(&self, field: Field) -> Option<usize> {
        self.found.iter().position(|column| column.field == Some(field))
    }

    /// Returns the name, as in the file, of the column that holds the field.
    pub(super) fn name(&self, field: Field) -> Option<&str> {
        self.found.iter().find(|column| column.field == Some(field)).map(|column| column.column.as_str())
    }
}

/// Keeps of every field the first place where it stands.
fn first_of_each(fields: impl Iterator<Item = Option<Field>>) -> Vec<Option<Field>> {
    let mut kept: Vec<Option<Field>> = Vec::new();
    for field in fields {
        let taken = field.is_some() && kept.contains(&field);
        kept.push(if taken { None } else { field });
    }
    kept
}

fn repeated(name: &str, field: Field, first: &str) -> Problem {
    Problem::new(ProblemKind::ColumnRepeated).in_column(name).with("field", field.name()).with("first", first)
}

fn mapped_column_missing(field: Field, column: &str, names: &[&str]) -> Problem {
    const SHOWN: usize = 30;
    let mut columns: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).take(SHOWN).collect();
    if names.len() > SHOWN {
        columns.push("…");
    }
    Problem::new(ProblemKind::MappedColumnMissing)
        .in_column(column)
        .with("field", field.name())
        .with("columns", &columns.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;

    fn columns(names: &[&str], map: &[&str]) -> (Vec<(Option<Field>, FoundBy)>, Vec<Problem>) {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (columns, problems) = Columns::of(&texts(names), &Mapping::parse(&texts(map)).unwrap());
        (columns.found().iter().map(|column| (column.field, column.by)).collect(), problems)
    }

    #[test]
    fn a_mapping_goes_before_a_known_name() {
        let (found, problems) = columns(&["plate", "Vehicle_ID", "device_id", ""], &["device_id:vehicle_id"]);
        assert_eq!(
            found,
            [(Some(Field::Plate), FoundBy::Alias), (Some(Field::DeviceId), FoundBy::Map), (None, FoundBy::Nothing),]
        );
        assert!(problems.is_empty());
    }

    #[test]
    fn the_first_of_two_columns_for_one_field_is_used_and_the_other_is_told() {
        let (found, problems) = columns(&["Цвет", "Color"], &[]);
        assert_eq!(found[1], (None, FoundBy::Nothing));
        assert_eq!(problems[0].kind, ProblemKind::ColumnRepeated);
        assert_eq!(problems[0].column.as_deref(), Some("Color"));
    }

    #[test]
    fn a_mapped_column_that_is_not_there_is_told_with_those_that_are() {
        let (_, problems) = columns(&["a", "b"], &["make:c"]);
        assert_eq!(problems[0].kind, ProblemKind::MappedColumnMissing);
        assert!(problems[0].args.contains(&("columns".to_owned(), "a, b".to_owned())));
    }

    #[test]
    fn of_two_columns_with_the_mapped_name_the_first_is_used() {
        let (found, problems) = columns(&["x", "X"], &["make:x"]);
        assert_eq!(found, [(Some(Field::Make), FoundBy::Map), (None, FoundBy::Nothing)]);
        assert!(problems.is_empty());
    }
}
