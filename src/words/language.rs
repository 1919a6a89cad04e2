//! The three languages the registry speaks, and which of them a caller asked for.
//!
//! *Invariant:* no region or script is told apart: `ru-KZ` and `ru` read the same texts.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the registry: Kazakh (the state language), Russian, English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Kazakh in Cyrillic letters.
    Kk,
    /// Russian.
    Ru,
    /// English, also the answer to a caller who names no language we speak.
    #[default]
    En,
}

/// The text names no language of the registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is none of the languages kk, ru, en")]
pub struct UnknownLanguage(pub String);

impl Language {
    /// Every language, once.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// What a caller that takes anything (`*`) is given first.
    const BY_DEFAULT: [Self; 3] = [Self::En, Self::Ru, Self::Kk];

    /// Returns the ISO 639-1 code: `kk`, `ru` or `en`; fit for `Content-Language` and the `lang` attribute.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// Returns the language's own name, as a page shows it in its language switch.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Kk => "Қазақша",
            Self::Ru => "Русский",
            Self::En => "English",
        }
    }

    /// Returns the language of a BCP 47 tag by its primary subtag (`ru-KZ` is Russian), if we speak it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// Returns the language that the value of an `Accept-Language` field (RFC 9110, 12.5.4) weighs highest.
    ///
    /// Among equal weights the one named first wins. A range of weight 0 is refused, a range whose weight cannot be
    /// read is passed over, `*` stands for the languages that are not named. If nothing fits, the answer is English:
    /// RFC 9110 lets a server disregard the field rather than answer 406.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let ranges: Vec<(&str, u16)> = accept_language.split(',').filter_map(range_and_weight).collect();
        let named: Vec<Self> = ranges.iter().filter_map(|(range, _)| Self::from_tag(range)).collect();
        let spoken = |range: &str| match range {
            "*" => Self::BY_DEFAULT.into_iter().find(|language| !named.contains(language)),
            tag => Self::from_tag(tag),
        };
        ranges
            .iter()
            .filter(|(_, weight)| *weight > 0)
            .filter_map(|(range, weight)| Some((spoken(range)?, *weight)))
            .enumerate()
            .max_by_key(|(place, (_, weight))| (*weight, Reverse(*place)))
            .map_or(Self::default(), |(_, (language, _))| language)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_tag(text).ok_or_else(|| UnknownLanguage(text.to_owned()))
    }
}

/// Reads one member of the list, `ru-KZ;q=0.8`, as its range and its weight in thousandths.
fn range_and_weight(member: &str) -> Option<(&str, u16)> {
    let mut parts = member.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let weight = match parts.next() {
        None => 1000,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            thousandths(value.trim()).filter(|_| name.trim().eq_ignore_ascii_case("q"))?
        }
    };
    Some((range, weight))
}

/// Reads a weight by RFC 9110, 12.4.2: `0` to `1` with up to three decimals.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    Some(whole * 1000 + decimals).filter(|weight| *weight <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_heaviest_language_that_we_speak_wins() {
        for (header, language) in [
            ("", Language::En),
            ("kk", Language::Kk),
            ("ru-KZ, kk;q=0.9", Language::Ru),
            ("ru;q=0.3, kk;q=0.31, en;q=0.309", Language::Kk),
            ("de-DE, fr;q=0.9, ru;q=0.1", Language::Ru),
            ("ru, kk", Language::Ru),
            ("kk;q=0.5, ru;q=0.5", Language::Kk),
            ("KK-Cyrl-KZ", Language::Kk),
            ("de, fr", Language::En),
            ("*", Language::En),
            ("en;q=0.1, *", Language::Ru),
            ("en;q=0, *;q=0.5", Language::Ru),
            ("ru;q=0", Language::En),
            ("ru;q=nonsense, kk;q=0.1", Language::Kk),
            ("ru;q=1.5, kk;q=0.1", Language::Kk),
            (" ru ; Q = 0.200 , kk ; q=0.1", Language::Ru),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header:?}");
        }
    }

    #[test]
    fn a_code_leads_back_to_its_language() {
        for language in Language::ALL {
            assert_eq!(language.code().parse(), Ok(language));
            assert_eq!(language.to_string(), language.code());
        }
        assert_eq!("kaz".parse::<Language>(), Err(UnknownLanguage("kaz".to_owned())));
    }

    proptest! {
        #[test]
        fn any_header_names_some_language(header in "\\PC*") {
            prop_assert!(Language::ALL.contains(&Language::negotiate(&header)));
        }

        #[test]
        fn the_order_of_members_matters_only_between_equal_weights(first in 1_u16..1000, second in 1_u16..1000) {
            prop_assume!(first != second);
            let one = Language::negotiate(&format!("kk;q=0.{first:03}, ru;q=0.{second:03}"));
            let other = Language::negotiate(&format!("ru;q=0.{second:03}, kk;q=0.{first:03}"));
            prop_assert_eq!(one, other);
            prop_assert_eq!(one, if first > second { Language::Kk } else { Language::Ru });
        }
    }
}
