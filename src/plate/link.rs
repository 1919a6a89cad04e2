//! What the QR code of a plate says: the address of its page, with number, control pair if it has one, and tag.
//!
//! Upper-case throughout and path segments only, so that the code is written in alphanumeric mode
//! (ISO/IEC 18004, 7.4.4): with a host of 8 characters it is 38 characters, which is version 2 at level M.
//!
//! *Invariant:* parsing judges nothing: whether the pair belongs to the number is asked with [`PlateLink::agrees`], whether
//! the tag is one of its items' is the registry's business, and the host is never believed.

use std::fmt;

use super::control::ControlPair;
use super::number::PlateNumber;
use super::sparse::Codeword;
use super::tag::Tag;

/// The segment of the path before number and tag.
const PAGE: &str = "P";
/// No code of ours is longer than a tenth of this; the largest QR code holds 4 296 characters.
const LONGEST: usize = 2_048;

/// What a QR code says about the plate that bears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlateLink {
    /// The number.
    pub number: PlateNumber,
    /// The control pair that stands beside it; `None` where the number holds its checks itself.
    pub pair: Option<ControlPair>,
    /// The tag of the plate item.
    pub tag: Tag,
}

/// Why a text is no link to a plate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlateLinkProblem {
    /// It does not have the form of a link to a plate.
    #[error("this is not the QR code of a plate: it ends in /P/, number and control pair, /, tag")]
    NotALink,
    /// Its number or control pair cannot be read.
    #[error("the link does not name a plate number and its control pair")]
    NotANumber,
    /// Its tag cannot be read.
    #[error("the link does not end in a tag")]
    NotATag,
}

impl PlateLink {
    /// Returns the link of a number's item with this tag, and the pair that belongs to the number.
    #[must_use]
    pub fn new(number: PlateNumber, tag: Tag) -> Self {
        Self { number, pair: number.control(), tag }
    }

    /// Returns whether the pair belongs to the number.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.number.control() == self.pair
    }

    /// Returns the text of the QR code. `host` may have a path behind it, without a slash at the end.
    ///
    /// ```
    /// use scooter_registry::plate::{PlateLink, PlateNumber, Tag};
    ///
    /// let link = PlateLink::new(PlateNumber::parse("K04271")?, Tag::parse("4T8XJ2K9QZ")?);
    /// assert_eq!(link.text("reg.test"), "HTTPS://REG.TEST/P/K04271KR/4T8XJ2K9QZ");
    /// assert_eq!(PlateLink::parse("https://reg.test/p/k04271kr/4t8xj2k9qz?from=mail")?, link);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn text(&self, host: &str) -> String {
        format!("HTTPS://{}{}", host.to_ascii_uppercase(), self.path())
    }

    /// Returns number and control pair as they stand in the link: `K04271KR`.
    #[must_use]
    pub fn plate(&self) -> String {
        format!("{}{}", self.number, self.pair.map(|pair| pair.to_string()).unwrap_or_default())
    }

    /// Returns the path of its page: `/P/K04271KR/4T8XJ2K9QZ`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{PAGE}/{self}")
    }

    /// Reads what a scanner gave: a whole address with any host, in any case, with or without query and fragment, or the
    /// path alone.
    ///
    /// # Errors
    /// A [`PlateLinkProblem`].
    pub fn parse(scanned: &str) -> Result<Self, PlateLinkProblem> {
        let text = scanned.trim();
        if text.len() > LONGEST {
            return Err(PlateLinkProblem::NotALink);
        }
        let address = text.split(['?', '#']).next().unwrap_or_default();
        let mut segments = address.trim_end_matches('/').rsplit('/');
        match (segments.next(), segments.next(), segments.next()) {
            (Some(tag), Some(number_and_pair), Some(page)) if page.eq_ignore_ascii_case(PAGE) => {
                Self::of_segments(number_and_pair, tag)
            }
            _ => Err(PlateLinkProblem::NotALink),
        }
    }

    /// Reads the two parts of the path: number with control pair, and tag, in any case.
    ///
    /// # Errors
    /// A [`PlateLinkProblem`].
    pub fn of_segments(number_and_pair: &str, tag: &str) -> Result<Self, PlateLinkProblem> {
        let tag_of = || Tag::parse(tag).ok().ok_or(PlateLinkProblem::NotATag);
        if let Some(word) = Codeword::parse(&number_and_pair.to_ascii_uppercase()) {
            return Ok(Self { number: word.into(), pair: None, tag: tag_of()? });
        }
        let letters = number_and_pair.chars().count().saturating_sub(2);
        let (cut, _) = number_and_pair.char_indices().nth(letters).ok_or(PlateLinkProblem::NotANumber)?;
        let (number, pair) = number_and_pair.split_at_checked(cut).ok_or(PlateLinkProblem::NotANumber)?;
        let number = PlateNumber::parse(&number.to_ascii_uppercase()).ok();
        let pair = ControlPair::parse(&pair.to_ascii_uppercase()).ok();
        let (number, pair) = number.zip(pair).ok_or(PlateLinkProblem::NotANumber)?;
        Ok(Self { number, pair: Some(pair), tag: tag_of()? })
    }
}

/// The two segments of the path: `K04271KR/4T8XJ2K9QZ`, `AXC46Q4/4T8XJ2K9QZ`.
impl fmt::Display for PlateLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.plate(), self.tag)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests state what must hold")]
    use super::super::tag::TagKey;
    use super::*;
    use proptest::prelude::*;

    fn link() -> PlateLink {
        PlateLink::new(PlateNumber::parse("K04271").unwrap(), Tag::parse("4T8XJ2K9QZ").unwrap())
    }

    #[test]
    fn with_a_short_host_a_link_fits_version_2_at_level_m() {
        let text = link().text("REG.TEST");
        assert_eq!(text, "HTTPS://REG.TEST/P/K04271KR/4T8XJ2K9QZ");
        // ISO/IEC 18004, table 7: version 2, level M holds 38 alphanumeric characters.
        assert_eq!(text.len(), 38);
        assert!(text.chars().all(|character| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(character)));
    }

    #[test]
    fn a_link_is_read_from_whatever_a_scanner_makes_of_it() {
        for text in [
            "HTTPS://REG.TEST/P/K04271KR/4T8XJ2K9QZ",
            "https://reg.test/p/k04271kr/4t8xj2k9qz",
            "  http://other.example:8443/base/path/P/K04271KR/4T8XJ2K9QZ/\n",
            "HTTPS://REG.TEST/P/K04271KR/4T8XJ2K9QZ?lang=kk#top",
            "/p/K04271KR/4T8XJ2K9QZ",
            "p/K04271KR/4T8XJ2K9QZ",
        ] {
            assert_eq!(PlateLink::parse(text), Ok(link()), "{text}");
        }
    }

    #[test]
    fn what_is_no_link_is_refused_with_the_reason() {
        let long = format!("https://{}/P/K04271KR/4T8XJ2K9QZ", "a".repeat(LONGEST));
        for (text, problem) in [
            ("", PlateLinkProblem::NotALink),
            ("K04271KR", PlateLinkProblem::NotALink),
            ("https://reg.test/x/K04271KR/4T8XJ2K9QZ", PlateLinkProblem::NotALink),
            (&long, PlateLinkProblem::NotALink),
            ("https://reg.test/P//4T8XJ2K9QZ", PlateLinkProblem::NotANumber),
            ("https://reg.test/P/R/4T8XJ2K9QZ", PlateLinkProblem::NotANumber),
            ("https://reg.test/P/K04271/4T8XJ2K9QZ", PlateLinkProblem::NotANumber),
            ("https://reg.test/P/K04271KO/4T8XJ2K9QZ", PlateLinkProblem::NotANumber),
            ("https://reg.test/P/К04271KR/4T8XJ2K9QZ", PlateLinkProblem::NotANumber),
            ("https://reg.test/P/K04271KR/4T8XJ2K9Q", PlateLinkProblem::NotATag),
            ("https://reg.test/P/K04271KR/4T8XJ2K9QU", PlateLinkProblem::NotATag),
        ] {
            assert_eq!(PlateLink::parse(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn the_link_of_seven_symbols_has_no_pair() {
        let link = PlateLink::new(PlateNumber::parse("AXC46Q4").unwrap(), link().tag);
        assert_eq!(link.text("reg.test"), "HTTPS://REG.TEST/P/AXC46Q4/4T8XJ2K9QZ");
        assert!(link.agrees());
        assert_eq!(PlateLink::parse("/p/axc46q4/4t8xj2k9qz"), Ok(link));
        assert_eq!(PlateLink::parse("/p/axc46q6/4t8xj2k9qz"), Err(PlateLinkProblem::NotANumber));
    }

    #[test]
    fn a_pair_of_another_number_is_read_and_does_not_agree() {
        assert!(link().agrees());
        assert!(!PlateLink::parse("/P/K04271LN/4T8XJ2K9QZ").unwrap().agrees());
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(letter in "[A-Z]", serial in 1..=99_999_u32, item in 1..100_u32) {
            let number = PlateNumber::parse(&format!("{letter}{serial:05}")).unwrap();
            let link = PlateLink::new(number, Tag::of(&TagKey::new(1, [4; 32]), number, item));
            prop_assert!(link.agrees());
            prop_assert_eq!(PlateLink::parse(&link.text("reg.test")), Ok(link));
            prop_assert_eq!(PlateLink::parse(&link.path().to_lowercase()), Ok(link));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,60}", tail in "[/pP]{0,4}.{0,10}/.{0,12}") {
            let _ = PlateLink::parse(&text);
            let _ = PlateLink::parse(&format!("{text}{tail}"));
        }
    }
}
