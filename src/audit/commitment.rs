//! Values said without showing them: a case number or a plate stands in an entry only under a salt of its own.
//!
//! *Invariant:* without its salt a commitment says nothing, and a salt is written by nobody but the caller: it has no JSON
//! form, and `Debug` hides it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::tree::Hash;

/// The key of a commitment: 32 fresh random bytes, kept where they can be erased.
///
/// Has no JSON form, and its `Debug` form shows nothing: whoever sees a salt can try all case numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// Returns the salt made of these bytes, which the caller draws from a cryptographic source.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes, for storing.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Salt(hidden)")
    }
}

/// A value said without showing it: HMAC-SHA-256 of the value under a salt of its own.
///
/// Why not a plain digest: case numbers and plates are few enough to try them all. With the salt gone nothing is left to
/// try, and the entry, its leaf and every proof over it stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(Hash);

impl Commitment {
    /// Returns the commitment read back from storage.
    #[must_use]
    pub const fn from_hash(hash: Hash) -> Self {
        Self(hash)
    }

    /// Returns the value of the HMAC.
    #[must_use]
    pub const fn as_hash(&self) -> &Hash {
        &self.0
    }

    /// Returns whether this salt and this value were committed to; takes the same time for every wrong answer.
    #[must_use]
    pub fn opens(&self, salt: &Salt, value: &str) -> bool {
        commit(salt, value).0.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Returns the commitment to a value: HMAC-SHA-256 (RFC 2104) with the salt as key.
#[must_use]
pub fn commit(salt: &Salt, value: &str) -> Commitment {
    // RFC 2104 section 2 fills a short key with zeros to the block of 64 bytes; done here, the length cannot be wrong.
    let mut block = [0_u8; 64];
    for (place, byte) in block.iter_mut().zip(salt.as_bytes()) {
        *place = *byte;
    }
    let code = Hmac::<Sha256>::new(&block.into()).chain_update(value.as_bytes()).finalize();
    Commitment(Hash::from_bytes(code.into_bytes().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_the_hmac_of_the_published_vector_and_opens_to_nothing_else() {
        // RFC 4231 test case 2, whose short key is filled with zeros.
        let mut key = [0; 32];
        key.iter_mut().zip(b"Jefe").for_each(|(place, byte)| *place = *byte);
        let salt = Salt::from_bytes(key);
        let commitment = commit(&salt, "what do ya want for nothing?");
        assert_eq!(commitment.to_string(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(commitment.opens(&salt, "what do ya want for nothing?"));
        assert!(!commitment.opens(&salt, "what do ya want for nothing"));
        assert!(!commitment.opens(&Salt::from_bytes([0; 32]), "what do ya want for nothing?"));
        assert_eq!(format!("{salt:?}"), "Salt(hidden)");
    }
}
