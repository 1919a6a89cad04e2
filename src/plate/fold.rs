//! A text as a row of signs: separators fall away, full-width forms become plain ones, unreadable characters are marked.
//!
//! *Invariant:* nothing is guessed here: case and script are kept, for they say what a character looked like.

use super::reading::ReadingProblem;

/// One thing that was written, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A letter or digit, Latin or Cyrillic, with its place in the text, from 1.
    Mark {
        /// The character, in plain width and in the case in which it was written.
        character: char,
        /// Its place in the text, from 1.
        position: usize,
    },
    /// One unreadable character.
    Unread,
    /// One unreadable character or more, as `*` and `…` are used.
    Stretch,
    /// A run of dots or of dashes, which separates or stands for as many unreadable characters.
    Run(usize),
}

/// Returns the part of `text` that carries the number: in the path of a link it is the segment after `/P/`, in any case; in
/// anything else it is the whole. The offset is the number of characters before that part.
pub(super) fn plate_part(text: &str) -> (usize, &str) {
    let mut segments = text.split(['/', '／']).peekable();
    let (mut offset, mut found, mut behind_a_slash) = (0, None, false);
    while let Some(segment) = segments.next() {
        offset += segment.chars().count() + 1;
        let is_plate_path = behind_a_slash && matches!(segment, "P" | "p" | "Ｐ" | "ｐ");
        if let Some(next) = segments.peek().filter(|_| is_plate_path) {
            found = Some((offset, next.split(['?', '#']).next().unwrap_or(next)));
        }
        behind_a_slash = true;
    }
    found.unwrap_or((0, text))
}

/// Returns the signs of `text`, whose first character stands at `offset` + 1 of what was given.
pub(super) fn signs(text: &str, offset: usize) -> Result<Vec<Sign>, ReadingProblem> {
    let mut signs = Vec::new();
    let mut run: Option<(char, usize)> = None;
    for (character, position) in text.chars().zip(offset + 1..) {
        let plain = plain_width(character);
        let stroke = stroke(plain);
        if let (Some(stroke), Some((same, length))) = (stroke, &mut run)
            && stroke == *same
        {
            *length += 1;
            continue;
        }
        signs.extend(run.take().and_then(end_of_run));
        match plain {
            _ if stroke.is_some() => run = stroke.map(|stroke| (stroke, 1)),
            '?' | '_' | '\u{FE56}' | '\u{FF1F}' => signs.push(Sign::Unread),
            '*' | '…' => signs.push(Sign::Stretch),
            _ if is_separator(plain) => {}
            _ if plain.is_ascii_alphanumeric() || super::cyrillic::find_cyrillic(plain).is_some() => {
                signs.push(Sign::Mark { character: plain, position });
            }
            _ => {
                return Err(ReadingProblem::Foreign { character, position });
            }
        }
    }
    signs.extend(run.take().and_then(end_of_run));
    Ok(signs)
}

/// Returns the sign that a run of strokes is: a single one only separates.
fn end_of_run((_, length): (char, usize)) -> Option<Sign> {
    (length > 1).then_some(Sign::Run(length))
}

/// Returns the plain form of a full-width character (U+FF01 to U+FF5E stand for U+0021 to U+007E).
fn plain_width(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        other => other,
    }
}

/// Returns `.` for every kind of dot and `-` for every kind of dash, `None` for anything else.
fn stroke(character: char) -> Option<char> {
    match character {
        '.' | ',' | '·' | '•' | '∙' | '⋅' | '・' | '。' | '｡' | '\u{FE52}' => Some('.'),
        '-'
        | '~'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2E3A}'
        | '\u{2E3B}'
        | '\u{FE58}'
        | '\u{FE63}' => Some('-'),
        _ => None,
    }
}

/// Returns whether `character` only stands between or around: white space of every kind, what is invisible, quotation marks,
/// the numero sign, and the bar that divides number and pair on the plate.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '|' | '¦' | '/' | '\\' | '№' | '"' | '\'' | '«' | '»' | '‘' | '’' | '“' | '”' | '„' | '`'
            // soft hyphen; combining marks; zero-width and direction marks; variation selectors; byte-order mark
            | '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let shown = |sign: &Sign| match sign {
            Sign::Mark { character, .. } => character.to_string(),
            Sign::Unread => "?".into(),
            Sign::Stretch => "*".into(),
            Sign::Run(length) => format!("<{length}>"),
        };
        signs(text, 0).unwrap().iter().map(shown).collect()
    }

    #[test]
    fn separators_of_every_kind_fall_away() {
        for separator in [
            " ", "\u{A0}", "\u{2009}", "\u{3000}", "-", "–", "—", "−", "‑", ".", "·", "\t", "|", "\u{200B}", "\u{FEFF}",
        ] {
            assert_eq!(written(&format!("K{separator}04{separator}271")), "K04271", "{separator:?}");
        }
    }

    #[test]
    fn case_and_script_are_kept_and_width_is_not() {
        assert_eq!(written("ｋ０４２７１"), "k04271");
        assert_eq!(written("Ｋ０４２７？"), "K0427?");
        assert_eq!(written("кК04g7"), "кК04g7");
    }

    #[test]
    fn runs_of_dots_or_dashes_are_told_from_single_ones() {
        assert_eq!(written("K0..71"), "K0<2>71");
        assert_eq!(written("K04271 --- KR"), "K04271<3>KR");
        assert_eq!(written("K04.-71"), "K0471");
        assert_eq!(written("K04…*_"), "K04**?");
    }

    #[test]
    fn a_foreign_character_is_named_with_its_place() {
        assert_eq!(signs("K04😀71", 0), Err(ReadingProblem::Foreign { character: '😀', position: 4 }));
        assert_eq!(signs("4271٣", 10), Err(ReadingProblem::Foreign { character: '٣', position: 15 }));
    }

    #[test]
    fn the_plate_is_taken_out_of_a_link() {
        assert_eq!(plate_part("HTTPS://S.GOV.KZ/P/K04271KR/0123456789"), (19, "K04271KR"));
        assert_eq!(plate_part("https://p/base/p/k04271kr?lang=kk#top"), (17, "k04271kr"));
        assert_eq!(plate_part("/p/K04271KR"), (3, "K04271KR"));
        assert_eq!(plate_part("P/04271"), (0, "P/04271"));
        assert_eq!(plate_part("K04271/KR"), (0, "K04271/KR"));
        assert_eq!(plate_part("a/p"), (0, "a/p"));
        assert_eq!(plate_part("a/p/"), (4, ""));
    }
}
