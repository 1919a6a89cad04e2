//! Rows given back as a workbook.
//!
//! *Invariant:* texts are text cells, so that no zero before a number is lost and no formula runs; dates are dates.
//! *Invariant:* the same rows give the same bytes: no time and no chance of the machine is in them.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::give_back::Given;
use super::{Field, FleetRow, FoundColumn, date, given_back};

/// What a workbook can hold in one cell.
const CELL_CHARACTERS: usize = 32_767;

/// How many rows are asked for the width of a column.
const ROWS_MEASURED: usize = 200;

/// Writes rows below their frozen header. Writing into memory does not fail; were it to, nothing would be given back.
pub(super) fn workbook(given: &Given<'_>) -> Vec<u8> {
    let mut workbook = new();
    let name = given.list.found.sheet.as_deref().unwrap_or("List");
    let filled = fill(workbook.add_worksheet(), name, given);
    filled.and_then(|()| workbook.save_to_buffer()).unwrap_or_default()
}

/// A workbook that does not say when it was made.
pub(super) fn new() -> Workbook {
    let mut workbook = Workbook::new();
    if let Ok(day) = ExcelDateTime::from_ymd(2026, 7, 1) {
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&day));
    }
    workbook
}

/// The looks of cells.
pub(super) struct Looks {
    pub(super) header: Format,
    ours: Format,
    beside: Format,
    day: Format,
}

impl Looks {
    pub(super) fn new() -> Self {
        let header = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        let header = header.set_border_bottom(FormatBorder::Thin).set_background_color(Color::RGB(0x00DD_E3EA));
        Self {
            ours: header.clone().set_background_color(Color::RGB(0x00FF_D966)),
            header,
            beside: Format::new()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(Color::RGB(0x00FF_F2CC)),
            day: day(),
        }
    }
}

/// The look of a date, in the order that is usual here.
pub(super) fn day() -> Format {
    Format::new().set_num_format("dd.mm.yyyy")
}

fn fill(sheet: &mut Worksheet, name: &str, given: &Given<'_>) -> Result<(), XlsxError> {
    let found = &given.list.found;
    // A name that a workbook may not have (ours may come from another program) is left at Sheet1.
    let _ = sheet.set_name(name).is_ok();
    sheet.set_freeze_panes(1, 0)?;
    let looks = Looks::new();
    let places = given_back::own_places(found);
    let width = given_back::width(given.rows.iter().map(|(row, _)| *row), found, &places);
    let own: Vec<&FoundColumn> = places.iter().filter_map(|place| found.columns.get(*place)).collect();
    for (column, found) in (0..).zip(&own) {
        sheet.write_string_with_format(0, column, cut(&found.column), &looks.header)?;
        sheet.set_column_width(column, measured(given, &places, usize::from(column), &found.column))?;
    }
    let first_of_ours = u16::try_from(width).unwrap_or(u16::MAX);
    for (column, ours) in (first_of_ours..).zip(given.columns) {
        sheet.write_string_with_format(0, column, ours.name(given.language), &looks.ours)?;
        let is_sentence = matches!(ours, super::GivenColumn::Problem | super::GivenColumn::Remedy);
        sheet.set_column_width(column, if is_sentence { 60.0 } else { 18.0 })?;
    }
    for (line, (row, beside)) in (1..).zip(&given.rows) {
        for (column, cell) in (0..).zip(given_back::own_cells(row, found, &places)) {
            let field = own.get(usize::from(column)).and_then(|column| column.field);
            write(sheet, (line, column), cell, field, &looks)?;
        }
        for (column, text) in (first_of_ours..).zip(beside) {
            sheet.write_string_with_format(line, column, cut(text), &looks.beside)?;
        }
    }
    Ok(())
}

/// Writes a cell: a date as a date and a year as a number where they are read as such, all else as text.
fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &str,
    field: Option<Field>,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let text = cell.trim();
    if text.is_empty() {
        return Ok(());
    }
    if let Some(day) = field.filter(|field| field.is_date()).and_then(|_| date::read(text).ok())
        && let Ok(day) = ExcelDateTime::parse_from_str(&day.to_string())
    {
        sheet.write_datetime_with_format(row, column, day, &looks.day)?;
    } else if let Some(year) = field.filter(|field| *field == Field::Year).and_then(|_| text.parse::<u16>().ok()) {
        sheet.write_number(row, column, year)?;
    } else {
        sheet.write_string(row, column, cut(cell))?;
    }
    Ok(())
}

fn cut(text: &str) -> String {
    text.chars().take(CELL_CHARACTERS).collect()
}

/// The width that the name and the first cells of a column need, within reason.
fn measured(given: &Given<'_>, places: &[usize], column: usize, name: &str) -> f64 {
    let cells =
        given.rows.iter().take(ROWS_MEASURED).filter_map(|(row, _): &(&FleetRow, _)| {
            row.cells.get(*places.get(column)?).map(|cell| cell.chars().count())
        });
    let longest = cells.chain([name.chars().count()]).max().unwrap_or(0).clamp(8, 40);
    f64::from(u8::try_from(longest).unwrap_or(40)) + 2.0
}
