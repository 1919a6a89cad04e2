//! A text by language and key, with its placeholders filled.
//!
//! *Invariant:* no markup and no escaping: who puts a text into HTML escapes it there.
//! *Invariant:* what fills a placeholder is never read as a text with placeholders itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Language;

/// Texts of one language by dotted key.
type Texts = HashMap<String, String>;

static KAZAKH: LazyLock<Texts> = LazyLock::new(|| texts(include_str!("../../assets/locales/kk.toml")));
static RUSSIAN: LazyLock<Texts> = LazyLock::new(|| texts(include_str!("../../assets/locales/ru.toml")));
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| texts(include_str!("../../assets/locales/en.toml")));

/// Returns the text of `key` (`section.name.part`) with every `{name}` replaced by its argument.
///
/// A placeholder without an argument stays as it stands, and a key without a text is returned itself: a screen with a
/// strange word is better than no answer. That neither happens is proved by tests, not by types.
#[must_use]
pub fn say(language: Language, key: &str, args: &[(&str, &str)]) -> String {
    let texts = match language {
        Language::Kk => &KAZAKH,
        Language::Ru => &RUSSIAN,
        Language::En => &ENGLISH,
    };
    texts.get(key).map_or_else(|| key.to_owned(), |text| fill(text, args))
}

/// Reads a file of nested tables into dotted keys. The files are embedded, so a broken one is caught by the tests
/// below and can never reach a running service; it would leave the language without texts.
fn texts(file: &str) -> Texts {
    let mut texts = Texts::new();
    if let Ok(table) = file.parse::<toml::Table>() {
        flatten("", table, &mut texts);
    }
    texts
}

fn flatten(prefix: &str, table: toml::Table, texts: &mut Texts) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, texts),
            toml::Value::String(text) => drop(texts.insert(key, text)),
            other => drop(texts.insert(key, other.to_string())),
        }
    }
}

fn fill(text: &str, args: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let argument = after.split_once('}').and_then(|(name, tail)| {
            let (_, value) = args.iter().find(|(known, _)| *known == name)?;
            Some((*value, tail))
        });
        if let Some((value, tail)) = argument {
            filled.push_str(value);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const FILES: [(Language, &str); 3] = [
        (Language::Kk, include_str!("../../assets/locales/kk.toml")),
        (Language::Ru, include_str!("../../assets/locales/ru.toml")),
        (Language::En, include_str!("../../assets/locales/en.toml")),
    ];

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
    }

    #[test]
    fn every_file_is_a_table_of_texts() {
        fn assert_texts(key: &str, value: &toml::Value) {
            match value {
                toml::Value::Table(table) => table.iter().for_each(|(name, inner)| assert_texts(name, inner)),
                other => assert!(other.is_str(), "{key} is no text"),
            }
        }
        for (language, file) in FILES {
            let table: toml::Table = file.parse().expect("a locale parses");
            assert!(!table.is_empty(), "{language} says nothing");
            assert_texts(language.code(), &toml::Value::Table(table));
        }
    }

    #[test]
    fn all_languages_hold_the_same_keys_with_the_same_placeholders_and_none_is_empty() {
        let shape = |texts: &Texts| -> BTreeMap<String, BTreeSet<String>> {
            texts
                .iter()
                .map(|(key, text)| (key.clone(), placeholders(text).into_iter().map(str::to_owned).collect()))
                .collect()
        };
        let english = shape(&ENGLISH);
        for (language, texts) in [(Language::Kk, &KAZAKH), (Language::Ru, &RUSSIAN), (Language::En, &ENGLISH)] {
            for (key, names) in shape(texts) {
                assert_eq!(english.get(&key), Some(&names), "{language} differs from en at {key}");
            }
            for (key, text) in texts.iter() {
                assert!(!text.trim().is_empty(), "{language} is empty at {key}");
                assert_eq!(text.trim(), text, "{language} has stray spaces at {key}");
            }
            assert_eq!(texts.len(), english.len(), "{language} lacks a key of en");
        }
    }

    #[test]
    fn kazakh_and_russian_are_translated_and_not_copied() {
        let cyrillic = |text: &str| text.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter));
        for (key, english) in ENGLISH.iter().filter(|(_, text)| text.split_whitespace().count() > 2) {
            assert!(!cyrillic(english.split(['"', '“', '«', '(']).next().unwrap_or_default()), "en at {key}");
            assert!(RUSSIAN.get(key).is_some_and(|text| cyrillic(text)), "ru at {key}");
            assert!(KAZAKH.get(key).is_some_and(|text| cyrillic(text)), "kk at {key}");
        }
    }

    #[test]
    fn a_key_without_a_text_is_said_itself() {
        for language in Language::ALL {
            assert_eq!(say(language, "no.such.key", &[("name", "value")]), "no.such.key");
        }
    }

    #[test]
    fn a_placeholder_is_filled_and_what_fills_it_is_left_alone() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x}{a")]), "{b} and x}{a");
        assert_eq!(fill("{a}{a}{unknown} {", &[("a", "1")]), "11{unknown} {");
        assert_eq!(fill("{open {a}", &[("a", "1")]), "{open 1");
    }

    proptest! {
        #[test]
        fn any_text_and_any_argument_are_said(text in "[a{} ]{0,20}", value in "\\PC*") {
            let filled = fill(&text, &[("a", &value)]);
            prop_assert_eq!(filled, text.replace("{a}", &value));
        }
    }
}
