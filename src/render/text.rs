//! A line of small text, made to fit: shrunk while it stays legible, then cut between words.
//!
//! *Invariant:* every character that comes out is one that the typeface draws.

use super::length::Length;
use super::typeface::{glyph, text_width};

const CUT: char = '…';

/// Returns the line and the height of its capitals, so that it is no wider than `width`: as it is, or down to `least`
/// high, or cut. What the typeface does not have is left out.
pub(super) fn fit(line: &str, width: Length, cap: Length, least: Length) -> (String, Length) {
    let drawn = drawable(line);
    let natural = text_width(&drawn, cap);
    if natural <= width {
        return (drawn, cap);
    }
    let least = least.min(cap);
    // One micrometre less than the rule of three says, for each character's place is rounded.
    let shrunk = cap.scaled(width.as_micrometres(), natural.as_micrometres()) - Length::micrometres(1);
    if shrunk >= least && text_width(&drawn, shrunk) <= width {
        return (drawn, shrunk);
    }
    (cut(&drawn, width, least), least)
}

/// One line of characters that can be drawn, with single spaces.
fn drawable(line: &str) -> String {
    let known: String =
        line.chars().map(|it| if it.is_whitespace() { ' ' } else { it }).filter(|it| glyph(*it).is_some()).collect();
    known.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest beginning that fits with the sign of a cut, if possible one of whole words.
fn cut(line: &str, width: Length, cap: Length) -> String {
    let fits = |text: &str| text_width(text, cap) + text_width(&CUT.to_string(), cap) <= width;
    let mut beginning = String::new();
    for character in line.chars() {
        beginning.push(character);
        if !fits(&beginning) {
            beginning.pop();
            break;
        }
    }
    let whole_words =
        beginning.rsplit_once(' ').map(|(words, _)| words).filter(|words| words.len() * 2 > beginning.len());
    let kept = whole_words.unwrap_or(&beginning).trim_end_matches([' ', ',', '-', '«', '(']);
    if kept.is_empty() { String::new() } else { format!("{kept}{CUT}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CAP: Length = Length::millimetres(3);
    const LEAST: Length = Length::millimetres(2);

    #[test]
    fn a_long_name_shrinks_first_and_is_cut_between_words_then() {
        let wide = Length::millimetres(60);
        assert_eq!(fit("ҚАЛА", wide, CAP, LEAST), ("ҚАЛА".to_owned(), CAP));
        let (whole, cap) = fit("Жел Самокат Шеринг Алматы", wide, CAP, LEAST);
        assert_eq!(whole, "Жел Самокат Шеринг Алматы");
        assert!(cap < CAP && cap >= LEAST, "{cap}");
        let (cut, cap) = fit("Қазақстан электрлі самокаттарын жалға беру операторы", wide, CAP, LEAST);
        assert_eq!((cut.as_str(), cap), ("Қазақстан электрлі самокаттарын…", LEAST));
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert_eq!(fit("Go\u{1F6F4} \n now", Length::millimetres(60), CAP, LEAST).0, "Go now");
        assert_eq!(fit("\u{1F6F4}", Length::millimetres(60), CAP, LEAST).0, "");
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_line_fits(line in ".{0,120}", width in 1_i16..80) {
            let (fitted, cap) = fit(&line, Length::millimetres(width), CAP, LEAST);
            prop_assert!(text_width(&fitted, cap) <= Length::millimetres(width), "{:?}", fitted);
            prop_assert!(cap >= LEAST && cap <= CAP);
        }
    }
}
