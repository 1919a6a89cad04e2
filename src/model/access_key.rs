//! API keys as text: `smr_live_<id>_<secret><checksum>`.
//!
//! *Invariant:* a mistyped key is refused by its checksum before anything is looked up; the secret is never shown by
//! `Debug`.

use rand::Rng;
use std::fmt;
use thiserror::Error;

/// The letters of ids and secrets: Crockford base32 without its symbols, lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PREFIX: &str = "smr_live_";
const ID_LENGTH: usize = 12;
const SECRET_LENGTH: usize = 32;
const CHECKSUM_LENGTH: usize = 7;

/// Why a text is no key of this registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessKeyProblem {
    /// The text does not have the shape of a key.
    #[error("a key looks like smr_live_… : copy it whole")]
    Shape,
    /// The shape is right, but some character is not.
    #[error("the key was mistyped or cut: its checksum does not fit")]
    Checksum,
}

/// A key as its owner holds it: a public id and a secret of 160 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    id: String,
    secret: String,
}

impl AccessKey {
    /// Makes a new key.
    pub fn new(rng: &mut impl Rng) -> Self {
        let mut draw = |length: usize| -> String {
            let mut bytes = vec![0_u8; length];
            rng.fill_bytes(&mut bytes);
            bytes.iter().map(|byte| letter(u32::from(*byte))).collect()
        };
        Self { id: draw(ID_LENGTH), secret: draw(SECRET_LENGTH) }
    }

    /// Reads a key as its owner sent it.
    ///
    /// # Errors
    /// Says whether the shape or the checksum is wrong.
    pub fn parse(text: &str) -> Result<Self, AccessKeyProblem> {
        let (id, rest) =
            text.trim().strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(AccessKeyProblem::Shape)?;
        let (secret, sum) = rest.split_at_checked(SECRET_LENGTH).ok_or(AccessKeyProblem::Shape)?;
        let lawful = |part: &str| part.bytes().all(|byte| ALPHABET.contains(&byte));
        if id.len() != ID_LENGTH || sum.len() != CHECKSUM_LENGTH || !lawful(id) || !lawful(rest) {
            return Err(AccessKeyProblem::Shape);
        }
        if checksum(id, secret) != sum {
            return Err(AccessKeyProblem::Checksum);
        }
        Ok(Self { id: id.to_owned(), secret: secret.to_owned() })
    }

    /// Returns the public part: it names the key and may be shown.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the secret part, to be hashed and forgotten.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Returns the whole key, for its owner, once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}{}", self.id, self.secret, checksum(&self.id, &self.secret))
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKey({}, secret)", self.id)
    }
}

fn letter(value: u32) -> char {
    usize::try_from(value % 32).ok().and_then(|index| ALPHABET.get(index)).map_or('0', |byte| char::from(*byte))
}

/// CRC-32 (IEEE 802.3) of id and secret, in seven letters.
fn checksum(id: &str, secret: &str) -> String {
    let mut crc = crc32fast::Hasher::new();
    crc.update(id.as_bytes());
    crc.update(secret.as_bytes());
    let crc = crc.finalize();
    (0..CHECKSUM_LENGTH)
        .map(|place| letter(crc.checked_shr(u32::try_from(place * 5).unwrap_or(32)).unwrap_or(0)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    fn key(seed: u64) -> AccessKey {
        AccessKey::new(&mut rand::rngs::StdRng::seed_from_u64(seed))
    }

    #[test]
    fn the_secret_is_not_shown_by_debug() {
        let key = key(1);
        assert!(!format!("{key:?}").contains(key.secret()));
    }

    proptest! {
        #[test]
        fn a_key_is_read_back_as_it_was_revealed(seed: u64) {
            let key = key(seed);
            prop_assert_eq!(AccessKey::parse(&key.reveal()), Ok(key));
        }

        #[test]
        fn one_wrong_character_is_found_by_the_checksum(seed: u64, place in 9_usize..61, wrong in 0_usize..32) {
            let text = key(seed).reveal();
            let mut bytes = text.clone().into_bytes();
            prop_assume!(bytes[place] != b'_' && bytes[place] != ALPHABET[wrong]);
            bytes[place] = ALPHABET[wrong];
            prop_assert_eq!(AccessKey::parse(&String::from_utf8(bytes).unwrap()), Err(AccessKeyProblem::Checksum));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = AccessKey::parse(&text);
            let _ = AccessKey::parse(&format!("smr_live_{text}"));
        }
    }
}
