//! The tag in the QR code of a plate: fifty bits that nobody makes without the registry's key.
//!
//! A tag is the beginning of HMAC-SHA-256 (RFC 2104) over the number, the plate item's number and the id of the key, so
//! that each physical plate has a tag of its own. Fifty bits are ten characters of Crockford's base32, which keep the QR
//! code at version 2; guessing is online only, and limited there. Why not a signature, which anybody could check offline:
//! the shortest ones have 48 bytes, and a code of that size is not read from afar.
//!
//! *Invariant:* no key is shown by `Debug`, and tags are compared in constant time.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::number::PlateNumber;

/// What the code of a tag is computed over begins with this; another use of the key would begin otherwise.
const TAG_DOMAIN: &[u8] = b"scooter-registry plate tag 1";
const FINGERPRINT_DOMAIN: &[u8] = b"scooter-registry plate tag key fingerprint 1";
const CHARACTERS: usize = 10;
const BITS_A_CHARACTER: u32 = 5;
/// Crockford's base32: without I, L, O (read as 1, 1, 0) and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A key that tags are made with. It is replaced by a new one with the next id, never changed: the plates that bear its
/// tags are made of metal.
#[derive(Clone)]
pub struct TagKey {
    id: u16,
    bytes: [u8; 32],
}

impl TagKey {
    /// Takes the bytes of the key with this id.
    #[must_use]
    pub const fn new(id: u16, bytes: [u8; 32]) -> Self {
        Self { id, bytes }
    }

    /// Returns the id, which stands beside every number and plate item that the key covers.
    #[must_use]
    pub const fn id(&self) -> u16 {
        self.id
    }

    /// Returns 32 bytes by which the key is known again, and from which nobody gets it back.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.code(FINGERPRINT_DOMAIN, &[])
    }

    /// HMAC-SHA-256 over domain, key id and parts, each part with its length before it, so that no two inputs meet.
    fn code(&self, domain: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        // RFC 2104 section 2 fills a short key with zeros to the block of 64 bytes; done here, the length cannot be wrong.
        let mut block = [0_u8; 64];
        for (place, byte) in block.iter_mut().zip(self.bytes) {
            *place = byte;
        }
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        for part in [domain, &self.id.to_be_bytes()].into_iter().chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TagKey({})", self.id)
    }
}

/// The tag of a plate item; written as ten characters such as `4T8XJ2K9QZ`. Two are equal in constant time.
///
/// ```
/// use scooter_registry::plate::{PlateNumber, Tag, TagKey};
///
/// let key = TagKey::new(1, [7; 32]);
/// let rear = Tag::of(&key, PlateNumber::parse("K04271")?, 1);
/// assert_eq!(Tag::parse(&rear.to_string().to_lowercase())?, rear);
/// assert_ne!(Tag::of(&key, PlateNumber::parse("K04271")?, 2), rear);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tag(u64);

/// Why a text is no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagProblem {
    /// There are not exactly ten characters.
    #[error("a tag has ten characters")]
    NotTenCharacters,
    /// A character is none of Crockford's base32.
    #[error("{character:?} does not occur in a tag")]
    NotACharacter {
        /// The character that was found.
        character: char,
    },
}

impl Tag {
    /// Returns the tag of a plate item of a number: item 1 is the rear plate, 2 the left, 3 the right one, and later ones
    /// are replacements.
    #[must_use]
    pub fn of(key: &TagKey, number: PlateNumber, item: u32) -> Self {
        let code = key.code(TAG_DOMAIN, &[number.to_string().as_bytes(), &item.to_be_bytes()]);
        let leading = code.iter().take(7).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        Self(leading >> 6)
    }

    /// Returns the tag written as `text`, in capitals or small letters; I and L are read as 1, O as 0.
    ///
    /// # Errors
    /// A [`TagProblem`] that says what was found instead.
    pub fn parse(text: &str) -> Result<Self, TagProblem> {
        // Counted first: what follows has no more steps than a tag, however long the text is.
        if text.chars().take(CHARACTERS + 1).count() != CHARACTERS {
            return Err(TagProblem::NotTenCharacters);
        }
        text.chars()
            .try_fold(0, |bits, character| Some(bits << BITS_A_CHARACTER | value(character)?))
            .map(Self)
            .ok_or_else(|| {
                let character = text.chars().find(|character| value(*character).is_none()).unwrap_or_default();
                TagProblem::NotACharacter { character }
            })
    }
}

fn value(character: char) -> Option<u64> {
    let folded = match character.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let found = ALPHABET.iter().position(|letter| char::from(*letter) == folded)?;
    u64::try_from(found).ok()
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Tag {}

impl fmt::Display for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..10_u32).rev() {
            let value = usize::try_from(self.0 >> (place * BITS_A_CHARACTER) & 31).unwrap_or_default();
            let letter = ALPHABET.get(value).copied().unwrap_or_default();
            write!(formatter, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl FromStr for Tag {
    type Err = TagProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn number(text: &str) -> PlateNumber {
        PlateNumber::parse(text).unwrap()
    }

    /// Computed by hand with Python's hmac and hashlib, from the description above.
    #[test]
    fn tags_are_the_same_wherever_they_are_computed() {
        let vectors = [
            (1, 0x00, "A00001", 1, "H6QSP0V545"),
            (1, 0x07, "K04271", 1, "QNT6GSDR4Z"),
            (1, 0x07, "K04271", 2, "71K7N10MG3"),
            (2, 0x07, "K04271", 1, "B2KZJE6T2H"),
            (65535, 0xff, "Z99999", 4_294_967_295, "5C1H0F47NJ"),
        ];
        for (id, byte, text, item, tag) in vectors {
            assert_eq!(Tag::of(&TagKey::new(id, [byte; 32]), number(text), item).to_string(), tag, "{text} {item}");
        }
        let fingerprint = TagKey::new(1, [7; 32]).fingerprint();
        assert_eq!(hex::encode(fingerprint), "b2f16ea2b170c0e7845751a1dd577327f800013e03da6663526f81a54b45a2dd");
    }

    #[test]
    fn a_key_shows_its_id_and_nothing_else() {
        assert_eq!(format!("{:?}", TagKey::new(3, [0xab; 32])), "TagKey(3)");
    }

    #[test]
    fn what_is_no_tag_is_refused_with_the_reason() {
        for text in ["", "123456789", "12345678901", "1234567890 ", "١٢٣٤٥٦٧٨٩"] {
            assert_eq!(Tag::parse(text), Err(TagProblem::NotTenCharacters), "{text}");
        }
        assert_eq!(Tag::parse("123456789U"), Err(TagProblem::NotACharacter { character: 'U' }));
        assert_eq!(Tag::parse("12345-7890"), Err(TagProblem::NotACharacter { character: '-' }));
        assert_eq!(Tag::parse("12345678.é"), Err(TagProblem::NotACharacter { character: '.' }));
        assert_eq!(Tag::parse("12345678９0"), Err(TagProblem::NotACharacter { character: '９' }));
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_digits() {
        assert_eq!(Tag::parse("iIlLoO1100").unwrap(), Tag::parse("1111001100").unwrap());
    }

    #[test]
    fn ten_thousand_guesses_hit_no_tag_of_a_number() {
        use rand::{RngExt, SeedableRng};
        let key = TagKey::new(1, [9; 32]);
        let items: Vec<_> = (1..=20).map(|item| Tag::of(&key, number("K00001"), item)).collect();
        let mut rng = rand::rngs::StdRng::seed_from_u64(50);
        for _ in 0..10_000 {
            let guess = Tag(rng.random_range(0..1_u64 << 50));
            assert!(!items.contains(&guess));
        }
    }

    #[test]
    fn a_thousand_numbers_have_three_thousand_tags() {
        let key = TagKey::new(1, [9; 32]);
        let numbers = std::iter::successors(Some(number("K00001")), |number| number.next()).take(1_000);
        let tags: BTreeSet<_> = numbers
            .flat_map(|number| (1..=3).map(move |item| (number, item)))
            .map(|(number, item)| Tag::of(&key, number, item).to_string())
            .collect();
        assert_eq!(tags.len(), 3_000);
    }

    proptest! {
        #[test]
        fn a_tag_is_read_back_from_its_text_in_either_case(bits in 0..1_u64 << 50) {
            let tag = Tag(bits);
            let text = tag.to_string();
            prop_assert_eq!(text.len(), 10);
            prop_assert_eq!(Tag::parse(&text).unwrap(), tag);
            prop_assert_eq!(Tag::parse(&text.to_lowercase()).unwrap(), tag);
        }

        #[test]
        fn another_character_is_another_tag(bits in 0..1_u64 << 50, place in 0..10_usize, other in 0..32_usize) {
            let text = Tag(bits).to_string();
            let mut changed: Vec<char> = text.chars().collect();
            changed[place] = char::from(ALPHABET[other]);
            let changed: String = changed.into_iter().collect();
            prop_assert_eq!(Tag::parse(&changed).unwrap() == Tag(bits), changed == text);
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}") {
            let _ = Tag::parse(&text);
        }

        #[test]
        fn another_key_id_number_or_item_gives_another_tag(
            bytes in any::<[u8; 32]>(), id in 1..u16::MAX, serial in 1..99_999_u32, item in 1..1_000_u32,
        ) {
            let key = TagKey::new(id, bytes);
            let here = PlateNumber::parse(&format!("K{serial:05}")).unwrap();
            let tag = Tag::of(&key, here, item);
            prop_assert_ne!(Tag::of(&key, here, item + 1), tag);
            prop_assert_ne!(Tag::of(&key, here.next().unwrap(), item), tag);
            prop_assert_ne!(Tag::of(&TagKey::new(id + 1, bytes), here, item), tag);
        }
    }
}
