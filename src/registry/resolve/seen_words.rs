//! What witnesses say of a scooter: words of colours and of the compass, in the three languages.
//!
//! *Invariant:* a word that is not known is no error; it is handed back, to be told.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Read from a file that is part of the program, so that a broken one is caught by the test below.
static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/seen_words.toml")).unwrap_or_default());

#[derive(Deserialize, Default)]
struct Words {
    colours: BTreeMap<String, Vec<String>>,
    shades: Shades,
    near: Near,
    courses: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize, Default)]
struct Shades {
    words: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Near {
    pairs: Vec<String>,
}

/// How two sets of colours compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// They share a colour.
    Same,
    /// They share none, and one is easily taken for the other.
    Near,
    /// They differ.
    Differ,
}

/// The colours that a text names, and the words in it that are none.
pub(super) fn colours(text: &str) -> (BTreeSet<&'static str>, Vec<String>) {
    let folded = text.to_lowercase().replace('ё', "е");
    let mut named = BTreeSet::new();
    let mut unknown = Vec::new();
    for word in folded.split(|character: char| !character.is_alphabetic()).filter(|word| !word.is_empty()) {
        match colour(word) {
            Some(name) => drop(named.insert(name)),
            None if WORDS.shades.words.iter().any(|shade| begins(word, shade)) => {}
            None => unknown.push(word.to_owned()),
        }
    }
    (named, unknown)
}

fn colour(word: &str) -> Option<&'static str> {
    let shade = WORDS.shades.words.iter().filter(|shade| begins(word, shade)).map(String::len).max();
    let beginnings = WORDS.colours.iter().flat_map(|(name, all)| all.iter().map(move |one| (one, name)));
    let longest = beginnings.filter(|(one, _)| begins(word, one)).max_by_key(|(one, _)| one.len())?;
    (shade.unwrap_or_default() < longest.0.len()).then_some(longest.1.as_str())
}

/// Whether a word begins so. Short beginnings stand for themselves only: "ал" is a colour and not the beginning of one.
fn begins(word: &str, beginning: &str) -> bool {
    if beginning.chars().count() < 3 { word == beginning } else { word.starts_with(beginning) }
}

/// Compares the colours that were named with those of a scooter.
pub(super) fn compare(named: &BTreeSet<&'static str>, other: &BTreeSet<&'static str>) -> Compared {
    if named.intersection(other).next().is_some() {
        return Compared::Same;
    }
    let is_near = |one: &str, other: &str| {
        let pairs = || WORDS.near.pairs.iter().filter_map(|pair| pair.split_once(' '));
        pairs().any(|pair| pair == (one, other) || pair == (other, one))
    };
    let near = named.iter().any(|one| other.iter().any(|other| is_near(one, other)));
    if near { Compared::Near } else { Compared::Differ }
}

/// The course that a text names, in degrees clockwise from north: a number, or a word of the compass.
pub(super) fn course(text: &str) -> Option<f64> {
    let number = text.trim().trim_end_matches('°').trim().replace(',', ".");
    if let Ok(degrees) = number.parse::<f64>() {
        return (0.0..=360.0).contains(&degrees).then(|| degrees.rem_euclid(360.0));
    }
    let folded: String = text.to_lowercase().chars().filter(|character| character.is_alphabetic()).collect();
    // «На северо-восток», «к югу»: the preposition says nothing.
    let bare = ["на", "к", "to", "towards"].iter().find_map(|before| {
        let lower = text.trim().to_lowercase();
        let rest = lower.strip_prefix(before)?.strip_prefix(' ')?.to_owned();
        Some(rest.chars().filter(|character| character.is_alphabetic()).collect::<String>())
    });
    let fits = |words: &Vec<String>| words.iter().any(|word| *word == folded || Some(word) == bare.as_ref());
    WORDS.courses.iter().find(|(_, words)| fits(words)).and_then(|(degrees, _)| degrees.parse().ok())
}

/// A make or a model without what people write in different ways: case, spaces, dashes.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е").chars().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::*;
    use proptest::prelude::*;

    fn named(text: &str) -> Vec<&'static str> {
        colours(text).0.into_iter().collect()
    }

    #[test]
    fn the_file_is_read_and_every_near_pair_names_two_colours() {
        assert!(WORDS.colours.len() > 10 && WORDS.courses.len() == 8);
        for pair in &WORDS.near.pairs {
            let (one, other) = pair.split_once(' ').unwrap();
            assert!(WORDS.colours.contains_key(one) && WORDS.colours.contains_key(other), "{pair}");
        }
    }

    #[test]
    fn a_colour_is_one_colour_in_three_languages_and_two_in_two_words() {
        for word in ["green", "зелёный", "Зеленая", "жасыл", "тёмно-зелёный", "қою жасыл", "light green"]
        {
            assert_eq!(named(word), ["green"], "{word}");
        }
        assert_eq!(named("чёрно-жёлтый"), ["black", "yellow"]);
        assert_eq!(named("ақ пен қызыл"), ["red", "white"]);
        assert_eq!(named("серебристый"), ["silver"]);
        assert_eq!(named("ашық көк"), ["blue"]);
        assert_eq!(named("dark"), Vec::<&str>::new());
    }

    #[test]
    fn a_word_that_is_no_colour_is_handed_back() {
        let (found, unknown) = colours("шалфей, green");
        assert_eq!((found.len(), unknown), (1, vec!["шалфей".to_owned()]));
    }

    #[test]
    fn colours_compare_by_what_lamps_do_to_them() {
        let of = |one: &str, other: &str| compare(&colours(one).0, &colours(other).0);
        assert_eq!(of("чёрно-жёлтый", "yellow"), Compared::Same);
        assert_eq!(of("голубой", "turquoise"), Compared::Near);
        assert_eq!(of("green", "white"), Compared::Differ);
    }

    #[test]
    fn a_course_is_a_number_or_a_word_of_the_compass() {
        for (text, degrees) in [
            ("north", 0.0),
            ("северо-восток", 45.0),
            ("на юг", 180.0),
            ("солтүстік-батыс", 315.0),
            ("270", 270.0),
            ("360°", 0.0),
            ("NE", 45.0),
            ("to the west", f64::NAN),
        ] {
            match course(text) {
                Some(found) => assert!((found - degrees).abs() < 1e-9, "{text}"),
                None => assert!(degrees.is_nan(), "{text}"),
            }
        }
        assert_eq!(course("towards the river"), None);
        assert_eq!(course("500"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_at(text in "\\PC*") {
            let _ = (colours(&text), course(&text), folded(&text));
        }
    }
}
