//! One cell: what stands in it, and the facts that are neither a date nor a plate.
//!
//! *Invariant:* a cell that cannot be read is never guessed at, and text that looks like a formula stays text.

/// Years that a scooter can have been made in, or an insurance period can lie in.
pub(super) const YEARS: std::ops::RangeInclusive<u16> = 1990..=2100;

/// Marks that people and programs put where they have nothing to say.
const NOTHING: [&str; 11] = ["-", "–", "—", "#n/a", "#н/д", "n/a", "н/д", "null", "none", "nan", "нет данных"];

/// Returns what stands in the cell without the white space around it; nothing if it is blank or only says that there is nothing.
pub(super) fn content(cell: &str) -> Option<&str> {
    let text =
        cell.trim_matches(|character: char| character.is_whitespace() || matches!(character, '\u{FEFF}' | '\u{200B}'));
    (!text.is_empty() && !says_nothing(text)).then_some(text)
}

/// Whether the text is one of the marks in any letter case. Nearly every cell is settled by its first character.
fn says_nothing(text: &str) -> bool {
    text.starts_with(['-', '–', '—', '#', 'n', 'N', 'н', 'Н'])
        && NOTHING
            .iter()
            .any(|mark| mark.len() == text.len() && text.chars().flat_map(char::to_lowercase).eq(mark.chars()))
}

/// Whether nothing stands in the cell.
pub(super) fn is_blank(cell: &str) -> bool {
    content(cell).is_none()
}

/// What spreadsheets show where a formula came to nothing, in English and Russian, and what `LibreOffice` writes.
const FORMULA_ERRORS: [&str; 19] = [
    "#ref!",
    "#div/0!",
    "#value!",
    "#name?",
    "#null!",
    "#num!",
    "#spill!",
    "#calc!",
    "#getting_data",
    "#blocked!",
    "#unknown!",
    "#field!",
    "#ссылка!",
    "#дел/0!",
    "#знач!",
    "#имя?",
    "#пусто!",
    "#число!",
    "#перенос!",
];

/// Whether the text is an error that a formula has come to; `#N/A` says that there is nothing and is no error.
pub(super) fn is_formula_error(text: &str) -> bool {
    let of_office = text.starts_with('#') && FORMULA_ERRORS.contains(&text.to_lowercase().as_str());
    let number = text.strip_prefix("Err:");
    of_office || number.is_some_and(|number| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads a year of manufacture: `2026`, `2026 г.`, `2026 ж.`, `2026.0` (a spreadsheet's number).
pub(super) fn year(text: &str) -> Option<u16> {
    let (digits, rest) = text.split_at_checked(4)?;
    let unit = rest.trim().trim_end_matches('.').to_lowercase();
    let known = matches!(unit.as_str(), "" | "г" | "год" | "года" | "ж" | "жыл" | "жылы" | ".0" | ",0");
    if !known || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|year| YEARS.contains(year))
}

/// Whether a spreadsheet has turned a long number into a rounded one: `8,60123E+14`. The digits are lost.
pub(super) fn is_rounded_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
        digits(whole) && digits(fraction) && exponent.strip_prefix('+').is_some_and(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_that_says_nothing_is_blank() {
        for cell in ["", " ", "\u{A0}", "\u{FEFF}", " - ", "—", "N/A", "#Н/Д", "NULL"] {
            assert!(is_blank(cell), "{cell:?}");
        }
        assert_eq!(content("\u{A0}S-1 \t"), Some("S-1"));
        assert_eq!(content("=SUM(A1)"), Some("=SUM(A1)"));
        assert_eq!(content("нет"), Some("нет"));
    }

    #[test]
    fn a_year_has_four_digits_and_is_sane() {
        for (text, read) in [
            ("2026", Some(2026)),
            ("1990", Some(1990)),
            ("2100", Some(2100)),
            ("2024 г.", Some(2024)),
            ("2024ж.", Some(2024)),
            ("2024.0", Some(2024)),
            ("1989", None),
            ("2101", None),
            ("26", None),
            ("20266", None),
            ("+202", None),
            ("2026-01-01", None),
            ("ноль", None),
        ] {
            assert_eq!(year(text), read, "{text:?}");
        }
    }

    #[test]
    fn a_number_rounded_by_a_spreadsheet_is_recognised() {
        for text in ["8,60123E+14", "8.6E+14", "9E+05", "1e+20"] {
            assert!(is_rounded_number(text), "{text:?}");
        }
        for text in ["N2GE+1", "860123456789012", "E+1", "1E14", "4EB72CA7", "1.2.3E+4", "1E+x"] {
            assert!(!is_rounded_number(text), "{text:?}");
        }
    }

    #[test]
    fn an_error_of_a_formula_is_told_from_a_text() {
        for text in FORMULA_ERRORS.into_iter().chain(["#REF!", "#ССЫЛКА!", "#ДЕЛ/0!", "Err:502"]) {
            assert!(is_formula_error(text), "{text:?}");
        }
        for text in ["#N/A", "#1", "№1", "REF!", "Err:", "Err:5022", "Error"] {
            assert!(!is_formula_error(text), "{text:?}");
        }
    }

    #[test]
    fn every_mark_for_nothing_is_known_in_any_letter_case() {
        for mark in NOTHING {
            assert!(is_blank(mark) && is_blank(&mark.to_uppercase()), "{mark:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked(text in "\\PC{0,12}") {
            prop_assert!(year(&text).is_none_or(|year| YEARS.contains(&year)));
            prop_assert!(content(&text).is_none_or(|content| !content.is_empty() && text.contains(content)));
            let _ = is_rounded_number(&text);
        }
    }
}
