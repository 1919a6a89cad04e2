//! Words that no number may show: they are passed over when numbers are given.
//!
//! *Invariant:* a number is looked at as it is read, all seven symbols in a row: neither the space in the middle nor a symbol
//! that looks like another letter hides a word.

use std::sync::LazyLock;

use super::codeword::Codeword;

/// The list, with the reason and the source of each word.
const LIST: &str = include_str!("../../../assets/plates/blocked_words.txt");

static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next()).collect()
});

/// Returns the letters that a symbol is read as, by its shape in one of the two scripts; the head of the list explains them.
const fn read_as(symbol: char) -> &'static [char] {
    match symbol {
        '4' => &['A', '4'],
        '6' => &['G', 'B'],
        '7' => &['T'],
        '9' => &['G', 'Q'],
        'A' => &['A'],
        'C' => &['C', 'S'],
        'D' => &['D'],
        'E' => &['E'],
        'H' => &['H', 'N'],
        'J' => &['J', 'Y'],
        'L' => &['L'],
        'P' => &['P', 'R'],
        'Q' => &['Q'],
        'S' => &['S'],
        'U' => &['U', 'Y'],
        'W' => &['W'],
        'X' => &['X', 'H'],
        'Y' => &['Y', 'U'],
        'Z' => &['Z'],
        _ => &[],
    }
}

/// Returns the word that a number would show, if it shows one of the list.
#[must_use]
pub fn blocked_word(word: Codeword) -> Option<&'static str> {
    let shown: Vec<char> = word.symbols().collect();
    WORDS.iter().copied().find(|blocked| shows(&shown, blocked))
}

fn shows(shown: &[char], word: &str) -> bool {
    let begins = |rest: &[char]| {
        let mut rest = rest.iter();
        word.chars().all(|letter| rest.next().is_some_and(|symbol| read_as(*symbol).contains(&letter)))
    };
    (0..shown.len()).any(|from| shown.get(from..).is_some_and(begins))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::super::alphabet::{ALPHABET, value};
    use super::super::codeword::{PLACES, completions_of_any};
    use super::*;

    /// The numbers that begin with these symbols.
    fn beginning(text: &str) -> impl Iterator<Item = Codeword> {
        let mut places = [None; PLACES];
        for (place, symbol) in places.iter_mut().zip(text.chars()) {
            *place = Some(value(symbol).unwrap());
        }
        completions_of_any(places)
    }

    #[test]
    fn every_word_of_the_list_has_a_language_and_a_reason_and_can_occur() {
        for line in LIST.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut columns = line.split_whitespace();
            let (word, language) = (columns.next().unwrap(), columns.next().unwrap());
            assert!(["en", "ru", "kk"].contains(&language) && columns.next().is_some(), "{line}");
            let can_occur = |letter| ALPHABET.into_iter().any(|symbol| read_as(symbol).contains(&letter));
            assert!(word.chars().all(can_occur) && (3..=PLACES).contains(&word.len()), "{line}");
        }
        let mut words = WORDS.clone();
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair.first() != pair.last()), "a word stands twice");
    }

    #[test]
    fn a_word_is_found_across_the_space_and_behind_symbols_that_look_like_its_letters() {
        for text in ["L4SEX", "LLSEX", "L4CEX", "7WA7", "LD64Y", "LD9AY", "DPXYJ"] {
            let mut numbers = beginning(text).peekable();
            assert!(numbers.peek().is_some() && numbers.all(|number| blocked_word(number).is_some()), "{text}");
        }
        assert!(beginning("LDPQW").all(|number| blocked_word(number).is_none()));
    }

    #[test]
    fn fewer_than_one_number_in_ten_is_passed_over() {
        let looked_at = (0..super::super::codeword::CAPACITY).step_by(97).filter_map(Codeword::of_payload);
        let (mut all, mut blocked) = (0_u32, 0_u32);
        for word in looked_at {
            all += 1;
            blocked += u32::from(blocked_word(word).is_some());
        }
        assert!(all > 25_000 && blocked * 10 < all && blocked > 0, "{blocked} of {all}");
    }
}
