//! What one written character may be in its slot: the letter, a digit, or a control letter.
//!
//! *Invariant:* a character that is lawful in its slot as written is never taken for another one: misreadings of lawful
//! characters are what the control pair and the ranking are for.
//!
//! The weights are relative and rest on judgement; they only have to rank the kinds of repair against each other.

use super::cyrillic::find_cyrillic;

/// How a written character came to stand for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It is that character, or its only counterpart in Cyrillic by shape and by sound alike.
    Plain,
    /// A Cyrillic letter that looks like it.
    Glyph,
    /// A Cyrillic letter that sounds like it.
    Sound,
    /// A character that cannot stand in this slot and looks like one that can.
    Repair,
}

/// One character that a written one may be, with its weight relative to the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Meaning {
    pub(super) character: char,
    pub(super) weight: f64,
    pub(super) how: How,
}

/// How much less a repaired slot weighs than a character read as written.
const REPAIR: f64 = 0.05;
/// A Cyrillic letter for its shape, and for its sound: number plates of the region use the letters that both scripts share, so
/// the shape comes first.
const GLYPH: f64 = 0.6;
const SOUND: f64 = 0.4;

/// Letters taken for digits, as drawn in either case (a small `g` is a 9 and a small `b` a 6; a capital `G` is a 6 and a capital
/// `B` an 8), likeliest digit first.
const LETTERS_AS_DIGITS: [(&str, &str); 12] = [
    ("OoDdОоӨөQ", "0"),
    ("IiLlІіӀӏ", "1"),
    ("Zz", "2"),
    ("ЗзЭэ", "3"),
    ("AaАаЧч", "4"),
    ("SsЅѕ", "5"),
    ("GБбЬьЪъ", "6"),
    ("TtТт", "7"),
    ("BВв", "8"),
    ("g", "96"),
    ("q", "90"),
    ("b", "68"),
];

/// Digits taken for letters, the same the other way, likeliest letter first; 3 stands for З, which is a Z by its sound.
const DIGITS_AS_LETTERS: [(char, &str); 10] = [
    ('0', "ODQ"),
    ('1', "IL"),
    ('2', "Z"),
    ('3', "Z"),
    ('4', "A"),
    ('5', "S"),
    ('6', "GB"),
    ('7', "T"),
    ('8', "B"),
    ('9', "GQ"),
];

/// Returns what `written` may be as the series letter; never empty for a mark.
pub(super) fn letter_meanings(written: char) -> Vec<Meaning> {
    if written.is_ascii_alphabetic() {
        return vec![Meaning { character: written.to_ascii_uppercase(), weight: 1.0, how: How::Plain }];
    }
    if let Some((_, letters)) = DIGITS_AS_LETTERS.iter().find(|(digit, _)| *digit == written) {
        return shared(letters, REPAIR, How::Repair);
    }
    let Some(cyrillic) = find_cyrillic(written) else {
        return Vec::new();
    };
    if cyrillic.glyphs == cyrillic.sounds && cyrillic.glyphs.len() == 1 {
        return shared(cyrillic.glyphs, 1.0, How::Plain);
    }
    let by_shape = shared(cyrillic.glyphs, GLYPH, How::Glyph);
    merged(by_shape.into_iter().chain(shared(cyrillic.sounds, SOUND, How::Sound)))
}

/// Returns what `written` may be as a digit; empty for a letter that looks like none.
pub(super) fn digit_meanings(written: char) -> Vec<Meaning> {
    if written.is_ascii_digit() {
        return vec![Meaning { character: written, weight: 1.0, how: How::Plain }];
    }
    let found = LETTERS_AS_DIGITS.iter().find(|(letters, _)| letters.contains(written));
    found.map(|(_, digits)| shared(digits, REPAIR, How::Repair)).unwrap_or_default()
}

/// Returns what `written` may be as a control letter, of which I, O and Q are none: they are taken for what they resemble.
pub(super) fn control_meanings(written: char) -> Vec<Meaning> {
    let repaired = |meaning: Meaning| {
        let character = match meaning.character {
            'I' => 'L',
            'O' | 'Q' => 'D',
            _ => return meaning,
        };
        let weight = if meaning.how == How::Repair { meaning.weight } else { meaning.weight * REPAIR };
        Meaning { character, weight, how: How::Repair }
    };
    merged(letter_meanings(written).into_iter().map(repaired))
}

/// What is written for a character of `sparse-19` but belongs to another alphabet, with what it looks like, likeliest first.
const FOREIGN_TO_SPARSE: [(&str, &str); 14] = [
    ("OoОо0Qq", "Q"),
    ("IiІі1|", "JL"),
    ("2", "Z"),
    ("3З", "Z9"),
    ("5", "S"),
    ("8Bb", "69"),
    ("G", "6C"),
    ("g", "9"),
    ("F", "EP"),
    ("K", "XH"),
    ("MN", "HW"),
    ("R", "PA"),
    ("Tt", "7"),
    ("Vv", "YU"),
];

/// Returns what `written` may be in a number of `sparse-19`; empty if it resembles nothing in its alphabet.
pub(super) fn sparse_meanings(written: char) -> Vec<Meaning> {
    let alphabet = super::code::Slot::Sparse.alphabet();
    let capital = written.to_ascii_uppercase();
    if written != 'g' && written != 'b' && alphabet.contains(&capital) {
        return vec![Meaning { character: capital, weight: 1.0, how: How::Plain }];
    }
    let lawful = |meaning: &Meaning| alphabet.contains(&meaning.character);
    let by_script = if find_cyrillic(written).is_some() { letter_meanings(written) } else { Vec::new() };
    let by_script: Vec<Meaning> = by_script.into_iter().filter(lawful).collect();
    if !by_script.is_empty() {
        return by_script;
    }
    let looks_like = |letter: char| FOREIGN_TO_SPARSE.iter().find(|(letters, _)| letters.contains(letter));
    let found = looks_like(written).or_else(|| looks_like(capital));
    found.map(|(_, others)| shared(others, REPAIR, How::Repair)).unwrap_or_default()
}

/// Returns a meaning for each of `characters`, sharing `weight` so that each has half of the one before.
fn shared(characters: &str, weight: f64, how: How) -> Vec<Meaning> {
    let halves: Vec<f64> =
        std::iter::successors(Some(1.0), |half| Some(half / 2.0)).take(characters.chars().count()).collect();
    let whole: f64 = halves.iter().sum();
    characters
        .chars()
        .zip(halves)
        .map(|(character, half)| Meaning { character, weight: weight * half / whole, how })
        .collect()
}

/// Returns the meanings with those of the same character added up, under the first of them.
fn merged(meanings: impl Iterator<Item = Meaning>) -> Vec<Meaning> {
    meanings.fold(Vec::new(), |mut kept: Vec<Meaning>, meaning| {
        match kept.iter_mut().find(|earlier| earlier.character == meaning.character) {
            Some(earlier) => earlier.weight += meaning.weight,
            None => kept.push(meaning),
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn characters(meanings: &[Meaning]) -> String {
        meanings.iter().map(|meaning| meaning.character).collect()
    }

    #[test]
    fn look_alikes_are_repaired_in_the_digit_slots() {
        for (written, digits) in
            "ODQILZЗASБGTBg".chars().zip(["0", "0", "0", "1", "1", "2", "3", "4", "5", "6", "6", "7", "8", "96"])
        {
            assert_eq!(characters(&digit_meanings(written)), digits, "{written}");
        }
        for written in "CEFHJKMNPRUVWXYcКНРю".chars() {
            assert!(digit_meanings(written).is_empty(), "{written}");
        }
    }

    #[test]
    fn every_digit_may_stand_for_a_letter_and_back() {
        for (digit, letters) in ('0'..='9').zip(["ODQ", "IL", "Z", "Z", "A", "S", "GB", "T", "B", "GQ"]) {
            assert_eq!(characters(&letter_meanings(digit)), letters);
            assert!(letter_meanings(digit).iter().all(|meaning| meaning.how == How::Repair));
        }
    }

    #[test]
    fn a_lawful_character_is_only_itself() {
        for written in ('A'..='Z').chain('a'..='z') {
            assert_eq!(characters(&letter_meanings(written)), written.to_ascii_uppercase().to_string());
        }
        for written in '0'..='9' {
            assert_eq!(characters(&digit_meanings(written)), written.to_string());
        }
    }

    #[test]
    fn a_cyrillic_letter_is_read_by_shape_and_by_sound() {
        for (written, letters) in
            [('Н', "HN"), ('в', "BVW"), ('С', "CS"), ('р', "PR"), ('У', "YUW"), ('х', "XH"), ('К', "K"), ('Қ', "KQ")]
        {
            assert_eq!(characters(&letter_meanings(written)), letters, "{written}");
        }
        assert!(letter_meanings('к').iter().all(|meaning| meaning.how == How::Plain));
        assert!(letter_meanings('Л').iter().all(|meaning| meaning.how == How::Sound));
    }

    #[test]
    fn a_control_letter_is_never_i_o_or_q() {
        let marks = ('0'..='9')
            .chain('A'..='Z')
            .chain('a'..='z')
            .chain(super::super::cyrillic::CYRILLIC.iter().map(|letter| letter.capital));
        for written in marks {
            let meanings = control_meanings(written);
            assert!(!meanings.is_empty(), "{written}");
            assert!(meanings.iter().all(|meaning| !"IOQ".contains(meaning.character)), "{written}");
        }
    }
}
