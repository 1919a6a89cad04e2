//! Which Latin letters a Cyrillic letter may stand for: by what it looks like and by what it sounds like.
//!
//! A Latin plate is typed on a Cyrillic keyboard in two ways that cannot be told apart from one letter: the key that shows the
//! same shape (`Н` for H) or the key that makes the same sound (`Н` for N). Both are kept.
//!
//! The shapes are those of the capitals, for a plate shows capitals whatever case is typed. The sounds are those of common
//! Russian romanisation and of the Kazakh Latin alphabet of 2021 (Ж→J, Ы→Y, Х→H, Қ→Q).
//!
//! *Invariant:* no letter is given for the neighbour on a keyboard: that is a slip of the finger, not a script.

/// The Latin letters that one Cyrillic capital may stand for, likeliest first in each column.
pub(super) struct Cyrillic {
    pub(super) capital: char,
    /// Latin capitals of the same or nearly the same shape.
    pub(super) glyphs: &'static str,
    /// Latin letters for the same sound.
    pub(super) sounds: &'static str,
}

const fn letter(capital: char, glyphs: &'static str, sounds: &'static str) -> Cyrillic {
    Cyrillic { capital, glyphs, sounds }
}

/// The 42 letters of the Kazakh alphabet, which contains the Russian one, and the letters of other Cyrillic alphabets that are
/// drawn exactly as a Latin one.
pub(super) const CYRILLIC: [Cyrillic; 47] = [
    letter('А', "A", "A"),
    letter('Ә', "E", "A"),
    letter('Б', "G", "B"),
    letter('В', "B", "VW"),
    letter('Г', "", "GH"),
    letter('Ғ', "F", "G"),
    letter('Д', "", "D"),
    letter('Е', "E", "E"),
    letter('Ё', "E", "E"),
    letter('Ж', "X", "JZ"),
    letter('З', "", "Z"),
    letter('И', "N", "I"),
    letter('Й', "N", "YIJ"),
    letter('К', "K", "K"),
    letter('Қ', "K", "QK"),
    letter('Л', "", "L"),
    letter('М', "M", "M"),
    letter('Н', "H", "N"),
    letter('Ң', "H", "N"),
    letter('О', "O", "O"),
    letter('Ө', "OQ", "O"),
    letter('П', "N", "P"),
    letter('Р', "P", "R"),
    letter('С', "C", "S"),
    letter('Т', "T", "T"),
    letter('У', "Y", "UW"),
    letter('Ұ', "Y", "U"),
    letter('Ү', "YV", "U"),
    letter('Ф', "", "F"),
    letter('Х', "X", "H"),
    letter('Һ', "H", "H"),
    letter('Ц', "U", "C"),
    letter('Ч', "Y", "C"),
    letter('Ш', "W", "S"),
    letter('Щ', "W", "S"),
    letter('Ъ', "B", ""),
    letter('Ы', "", "Y"),
    letter('І', "I", "I"),
    letter('Ь', "B", ""),
    letter('Э', "", "E"),
    letter('Ю', "", "U"),
    letter('Я', "R", "Y"),
    letter('Ѕ', "S", "S"),
    letter('Ј', "J", "J"),
    letter('Ԛ', "Q", "Q"),
    letter('Ԝ', "W", "W"),
    letter('Ӏ', "I", "I"),
];

/// Returns what `character` may stand for, in either case, if it is one of the Cyrillic letters above.
pub(super) fn find_cyrillic(character: char) -> Option<&'static Cyrillic> {
    let capital = character.to_uppercase().next().unwrap_or(character);
    CYRILLIC.iter().find(|letter| letter.capital == capital)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_russian_and_kazakh_alphabets_may_stand_for_a_latin_one_in_either_case() {
        for character in "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯаәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя".chars()
        {
            let found = find_cyrillic(character);
            assert!(found.is_some_and(|letter| !letter.glyphs.is_empty() || !letter.sounds.is_empty()), "{character}");
        }
    }

    #[test]
    fn no_letter_stands_twice_and_all_stand_for_latin_capitals() {
        let capitals: std::collections::BTreeSet<_> = CYRILLIC.iter().map(|letter| letter.capital).collect();
        assert_eq!(capitals.len(), CYRILLIC.len());
        for letter in &CYRILLIC {
            assert!(!letter.capital.is_ascii());
            assert!(letter.glyphs.chars().chain(letter.sounds.chars()).all(|latin| latin.is_ascii_uppercase()));
        }
    }

    #[test]
    fn a_latin_letter_is_not_cyrillic() {
        for character in "AKHpx09?Ωß".chars() {
            assert!(find_cyrillic(character).is_none(), "{character}");
        }
    }
}
