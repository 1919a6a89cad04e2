//! How cells show their numbers: what tells a date from a count, and a number from its leading zeros.
//!
//! *Invariant:* a look changes what a number is read as, never whether it is read.

use std::collections::HashMap;

use super::archive::{Archive, Refusal};
use super::xml::{Tag, Token, Xml};
use crate::fleet_list::bounds::Bounds;

/// What a number is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Look {
    /// A number.
    #[default]
    Number,
    /// A day, perhaps with a time.
    Day,
    /// A time of day.
    Time,
    /// A hundredth part.
    Percent,
    /// A number of at least so many digits.
    Digits(usize),
}

/// No identifier is padded further.
const MOST_DIGITS: usize = 32;

/// The looks, in the order in which cells name them.
#[derive(Debug, Default)]
pub(super) struct Looks(Vec<Look>);

impl Looks {
    /// Reads the part that holds them, if the workbook has one.
    pub(super) fn read(archive: &mut Archive<'_>, part: Option<&str>, bounds: &Bounds) -> Result<Self, Refusal> {
        let mut looks = Vec::new();
        let Some(part) = part else { return Ok(Self(looks)) };
        let Some(mut xml) = Xml::open(archive, part)? else { return Ok(Self(looks)) };
        let mut formats: HashMap<u32, Look> = HashMap::new();
        let mut among_cells = false;
        while let Some(token) = xml.next()? {
            match token {
                Token::Start(tag) if tag.name() == "cellXfs" => among_cells = true,
                Token::End(name) if name == "cellXfs" => among_cells = false,
                Token::Start(tag) if tag.name() == "numFmt" => {
                    let code = tag.attribute("formatCode").unwrap_or_default();
                    formats.extend(tag.number("numFmtId").map(|id: u32| (id, of_code(&code))));
                }
                Token::Start(tag) if tag.name() == "xf" && among_cells => looks.push(of_cell(&tag, &formats)),
                _ => {}
            }
            if looks.len() > bounds.looks || formats.len() > bounds.looks {
                return Err(xml.too_large());
            }
        }
        Ok(Self(looks))
    }

    /// Returns a look by its place; what has no look is a number.
    pub(super) fn get(&self, place: usize) -> Look {
        self.0.get(place).copied().unwrap_or_default()
    }
}

fn of_cell(tag: &Tag, formats: &HashMap<u32, Look>) -> Look {
    let Some(id) = tag.number("numFmtId") else { return Look::Number };
    formats.get(&id).copied().unwrap_or_else(|| built_in(id))
}

/// The formats that need not be written down (ECMA-376 part 1, 18.8.30), those of East Asian dates included.
fn built_in(id: u32) -> Look {
    match id {
        9 | 10 => Look::Percent,
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57 | 58 => Look::Day,
        18..=21 | 32 | 33 | 45..=47 | 55 | 56 => Look::Time,
        _ => Look::Number,
    }
}

/// Tells what a format shows by its letters outside of quotation marks and brackets: `[$-419]dd.mm.yyyy;@`.
fn of_code(code: &str) -> Look {
    let section = letters(code);
    if section.len() > 1 && section.chars().all(|letter| letter == '0') {
        return Look::Digits(section.len().min(MOST_DIGITS));
    }
    if ["general", "standard", "основной"].contains(&section.as_str()) {
        return Look::Number;
    }
    let has = |wanted: &[char]| section.contains(wanted);
    let has_time = has(&['h', 's', 'ч']);
    if has(&['y', 'd', 'г', 'д']) || (has(&['m', 'м']) && !has_time) {
        Look::Day
    } else if has_time {
        Look::Time
    } else if has(&['%']) {
        Look::Percent
    } else {
        Look::Number
    }
}

/// The first section of a format in small letters, without what it shows as it stands.
fn letters(code: &str) -> String {
    let mut letters = String::new();
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        let closing = match character {
            ';' => break,
            '\\' | '_' | '*' => {
                characters.next();
                continue;
            }
            '"' => '"',
            '[' => ']',
            other => {
                letters.extend(other.to_lowercase());
                continue;
            }
        };
        let inside: String = characters.by_ref().take_while(|character| *character != closing).collect();
        // Time that runs past a day: [h]:mm.
        if closing == ']' && ["h", "hh", "m", "mm", "s", "ss"].contains(&inside.to_lowercase().as_str()) {
            letters.push('h');
        }
    }
    letters.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_letters() {
        for (code, look) in [
            ("General", Look::Number),
            ("@", Look::Number),
            ("0.00", Look::Number),
            ("0", Look::Number),
            ("#,##0", Look::Number),
            ("0.00E+00", Look::Number),
            ("\"day\" 0", Look::Number),
            ("[Red]0;[Blue]-0", Look::Number),
            ("dd.mm.yyyy", Look::Day),
            ("[$-419]d\\ mmmm\\ yyyy\\ \"г\";@", Look::Day),
            ("m/d/yy h:mm", Look::Day),
            ("mmm", Look::Day),
            ("h:mm:ss", Look::Time),
            ("[h]:mm", Look::Time),
            ("mm:ss", Look::Time),
            ("0%", Look::Percent),
            ("00000", Look::Digits(5)),
        ] {
            assert_eq!(of_code(code), look, "{code:?}");
        }
    }
}
