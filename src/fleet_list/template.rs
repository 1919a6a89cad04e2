//! Templates of fleet lists: a header that is read without a hint, in three languages, empty or with help beside it.
//!
//! *Invariant:* a template holds no scooter: examples stand on a sheet that is no list, so that nobody enrolls one.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign, Worksheet,
    XlsxError,
};

use super::cell::YEARS;
use super::give_workbook::{self, Looks};
use super::{Field, Form, GivenFile, facts};
use crate::plate::Scheme;
use crate::words::{Language, say};

/// A template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    fields: Fields,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fields {
    /// What says which scooter is meant, and what the law asks of its record.
    Required,
    /// Everything that is read.
    Full,
}

impl Template {
    /// Every template by the name of its file.
    pub const ALL: [(&'static str, Self); 4] = [
        ("required.csv", Self { fields: Fields::Required, form: Form::Csv }),
        ("full.csv", Self { fields: Fields::Full, form: Form::Csv }),
        ("required.xlsx", Self { fields: Fields::Required, form: Form::Xlsx }),
        ("full.xlsx", Self { fields: Fields::Full, form: Form::Xlsx }),
    ];

    /// Returns the template of a file name.
    #[must_use]
    pub fn find(file: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == file).map(|(_, template)| template)
    }

    fn fields(self) -> Vec<Field> {
        Field::ALL.into_iter().filter(|field| self.fields == Fields::Full || is_required(*field)).collect()
    }
}

/// Returns a template in a language, with a number of the scheme for an example.
#[must_use]
pub fn template(scheme: Scheme, template: Template, language: Language) -> GivenFile {
    let fields = template.fields();
    let (encoding, bytes) = match template.form {
        // Writing into memory does not fail; a test holds that no template is empty.
        Form::Xlsx => (None, workbook(scheme, &fields, language).unwrap_or_default()),
        _ => (Some("utf-8"), text(&fields, language).into_bytes()),
    };
    GivenFile { form: template.form, encoding, bytes }
}

/// A header in the form in which Excel opens a text by itself: with a byte order mark, and with the separator of lists of
/// the language, which in Russian and Kazakh is a semicolon.
fn text(fields: &[Field], language: Language) -> String {
    let separator = if language == Language::En { "," } else { ";" };
    let names: Vec<String> = fields.iter().map(|field| name(*field, language)).collect();
    format!("\u{FEFF}{}\r\n", names.join(separator))
}

/// The name of a column: the field in words, which the reader knows.
fn name(field: Field, language: Language) -> String {
    let words = say(language, &format!("fleet_list.field.{field}"), &[]);
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn is_required(field: Field) -> bool {
    field == Field::DeviceId || facts::ASKED_BY_LAW.contains(&field)
}

fn word(language: Language, key: &str) -> String {
    say(language, &format!("fleet_list.template.{key}"), &[])
}

fn workbook(scheme: Scheme, fields: &[Field], language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = give_workbook::new();
    list(workbook.add_worksheet().set_name(word(language, "sheet"))?, fields, language)?;
    guide(scheme, workbook.add_worksheet().set_name(word(language, "guide"))?, fields, language)?;
    workbook.save_to_buffer()
}

/// The last row of a sheet: rules hold for the whole column.
const LAST_ROW: u32 = 1_048_575;

fn list(sheet: &mut Worksheet, fields: &[Field], language: Language) -> Result<(), XlsxError> {
    let looks = Looks::new();
    sheet.set_freeze_panes(1, 0)?;
    for (column, field) in (0_u16..).zip(fields.iter().copied()) {
        let name = name(field, language);
        let width = f64::from(u8::try_from(name.chars().count().clamp(14, 34)).unwrap_or(34)) + 2.0;
        sheet.set_column_width(column, width)?;
        let look = match field {
            field if field.is_date() => give_workbook::day(),
            Field::Year => Format::new(),
            // What is entered stays as it is entered: no zero is lost, no long number is rounded.
            _ => Format::new().set_num_format("@"),
        };
        sheet.set_column_format(column, &look)?;
        sheet.write_string_with_format(0, column, name, &looks.header)?;
        if let Some(rule) = rule(field, language)? {
            sheet.add_data_validation(1, column, LAST_ROW, column, &rule)?;
        }
    }
    Ok(())
}

/// What may be entered in a column. Makes and colours are only proposed.
fn rule(field: Field, language: Language) -> Result<Option<DataValidation>, XlsxError> {
    let proposed = |values: &str| {
        let values: Vec<&str> = values.split(',').collect();
        let rule = DataValidation::new().allow_list_strings(&values)?.show_error_message(false);
        rule.set_input_message(word(language, "pick"))
    };
    let rule = match field {
        Field::Make => proposed(MAKES)?,
        Field::Colour => proposed(&word(language, "colours"))?,
        Field::Year => DataValidation::new()
            .allow_whole_number(DataValidationRule::Between(i32::from(*YEARS.start()), i32::from(*YEARS.end())))
            .set_error_message(word(language, "year_rule"))?,
        field if field.is_date() => {
            let first = ExcelDateTime::from_ymd(*YEARS.start(), 1, 1)?;
            let last = ExcelDateTime::from_ymd(*YEARS.end(), 12, 31)?;
            let rule = DataValidation::new().allow_date(DataValidationRule::Between(first, last));
            let rule = rule.set_input_message(word(language, "date"))?.set_error_message(word(language, "date"))?;
            rule.set_error_style(DataValidationErrorStyle::Stop)
        }
        _ => return Ok(None),
    };
    Ok(Some(rule))
}

/// Makes that sharing companies use.
const MAKES: &str = "Ninebot,Segway,Okai,Xiaomi,Acton,Navee,Kugoo";

/// What to write, field by field, with examples in columns of their own.
fn guide(scheme: Scheme, sheet: &mut Worksheet, fields: &[Field], language: Language) -> Result<(), XlsxError> {
    let looks = Looks::new();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.merge_range(0, 0, 0, 4, &word(language, "how"), &wrapped)?;
    sheet.set_row_height(0, 48)?;
    let example = word(language, "example");
    let header = [
        word(language, "column"),
        word(language, "about"),
        word(language, "needed"),
        format!("{example} 1"),
        format!("{example} 2"),
    ];
    for (column, (text, width)) in (0_u16..).zip(header.iter().zip([32.0, 70.0, 14.0, 22.0, 22.0])) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(2, column, text, &looks.header)?;
    }
    for (row, field) in (3_u32..).zip(fields.iter().copied()) {
        let needed = word(language, if is_required(field) { "yes" } else { "no" });
        let [first, second] = examples(scheme, field, language);
        let about = word(language, &format!("field.{field}"));
        let cells = [name(field, language), about, needed, first, second];
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, text, &wrapped)?;
        }
    }
    Ok(())
}

fn examples(scheme: Scheme, field: Field, language: Language) -> [String; 2] {
    let colours = word(language, "colours");
    let mut colours = colours.split(',').map(str::to_owned);
    let fixed = match field {
        Field::DeviceId => ["S-0001", "S-0002"],
        Field::SerialNumber => ["N2GSD2146C0042", "00420043"],
        Field::Make => ["Ninebot", "Okai"],
        Field::Model => ["Max G2", "ES400"],
        Field::Year => ["2025", "2026"],
        Field::Colour => return [colours.next().unwrap_or_default(), colours.next().unwrap_or_default()],
        Field::InService | Field::PolicyFrom => ["01.07.2026", "15.07.2026"],
        Field::OutOfService => ["", "31.10.2026"],
        Field::Plate => [scheme.sample(), ""],
        Field::PolicyNumber => ["KZ-26-000123", "KZ-26-000124"],
        Field::Insurer => ["АО «Страхование»", "АО «Страхование»"],
        Field::PolicyUntil => ["30.06.2027", "14.07.2027"],
        Field::Comment => ["", ""],
    };
    fixed.map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use crate::fleet_list::{FoundBy, Mapping, ProblemKind, read};
    use crate::plate::KZ_158;

    #[test]
    fn every_template_is_read_with_every_column_known_and_no_scooter_in_it() {
        for language in Language::ALL {
            for (file, wanted) in Template::ALL {
                let given = template(KZ_158, wanted, language);
                let list = read(KZ_158, &given.bytes, &Mapping::default());
                assert_eq!(list.found.format, given.form.ending());
                let fields: Vec<_> = list.found.columns.iter().filter_map(|column| column.field).collect();
                assert_eq!(fields, wanted.fields(), "{file} {language}: {:?}", list.found);
                assert!(list.found.columns.iter().all(|column| column.by == FoundBy::Alias));
                assert_eq!(list.rows.len(), 0, "{file} {language}");
                let errors: Vec<_> = list.problems.iter().map(|problem| problem.kind).collect();
                assert!(
                    errors.contains(&ProblemKind::NoRows) && !errors.contains(&ProblemKind::SheetsNotRead),
                    "{errors:?}"
                );
                let sheet = (given.form == Form::Xlsx).then(|| word(language, "sheet"));
                assert_eq!(list.found.sheet, sheet);
            }
        }
    }

    #[test]
    fn a_template_of_text_opens_in_a_russian_excel() {
        let text = |language| {
            String::from_utf8(template(KZ_158, Template::find("full.csv").unwrap(), language).bytes).unwrap()
        };
        assert!(text(Language::Ru).starts_with("\u{FEFF}Идентификатор устройства;Серийный номер;"));
        assert!(text(Language::Kk).starts_with("\u{FEFF}Құрылғы идентификаторы;"));
        assert!(text(Language::En).starts_with("\u{FEFF}Device id,Serial number,"));
        assert_eq!(Template::find("other.csv"), None);
    }

    #[test]
    fn the_same_template_has_the_same_bytes() {
        let xlsx = Template::find("full.xlsx").unwrap();
        assert_eq!(template(KZ_158, xlsx, Language::Ru), template(KZ_158, xlsx, Language::Ru));
    }
}
