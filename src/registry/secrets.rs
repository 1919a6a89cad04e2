//! The secrets of a registry: what signs its log, hashes its keys, encrypts its answers and makes the tags of its
//! plates.
//!
//! *Invariant:* no secret is shown by `Debug`, logged, or kept in the database.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

use super::TagKeys;
use crate::audit::{SigningKey, VerifierKey};
use crate::plate::TagKey;
use crate::plate::sparse::Shuffle;

/// The secrets of a registry.
#[derive(Clone)]
pub struct Secrets {
    log_key: SigningKey,
    access_pepper: [u8; 32],
    answer_key: [u8; 32],
    tag_keys: TagKeys,
    shuffle: Option<Arc<Shuffle>>,
}

/// Why kept bytes could not be encrypted or decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecretProblem {
    /// The bytes were changed, or belong to another registry's key.
    #[error("the kept bytes do not open with this registry's key")]
    Altered,
    /// The bytes could not be encrypted.
    #[error("the bytes could not be encrypted")]
    Unwritable,
}

impl Secrets {
    /// Takes the key that signs the log, the one that hashes access keys, the one that encrypts kept answers, and those
    /// that make the tags of plates.
    #[must_use]
    pub const fn new(log_key: SigningKey, access_pepper: [u8; 32], answer_key: [u8; 32], tag_keys: TagKeys) -> Self {
        Self { log_key, access_pepper, answer_key, tag_keys, shuffle: None }
    }

    /// Takes what shuffles the serials of plate numbers, where the scheme needs it.
    #[must_use]
    pub fn with_shuffle(self, shuffle: Option<Shuffle>) -> Self {
        Self { shuffle: shuffle.map(Arc::new), ..self }
    }

    /// Returns what shuffles the serials of plate numbers; `None` where the scheme has letters.
    #[must_use]
    pub fn shuffle(&self) -> Option<&Shuffle> {
        self.shuffle.as_deref()
    }

    /// Returns the keys that make the tags of plates.
    #[must_use]
    pub const fn tag_keys(&self) -> &TagKeys {
        &self.tag_keys
    }

    /// Returns the key of tags with this id, as it stands beside a number or a plate item.
    #[must_use]
    pub fn tag_key(&self, id: u16) -> Option<&TagKey> {
        self.tag_keys.find(id)
    }

    /// Returns the key that signs the log.
    #[must_use]
    pub const fn log_key(&self) -> &SigningKey {
        &self.log_key
    }

    /// Returns the key with which anybody checks what the log key signed.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.log_key.verifier_key()
    }

    /// Returns the keyed hash of the secret of an access key: HMAC-SHA-256. The secret has 160 random bits, so that a
    /// slow hash would add nothing.
    #[must_use]
    pub fn hash_access_secret(&self, secret: &str) -> Vec<u8> {
        keyed_hash(&self.access_pepper, b"access key", secret.as_bytes()).to_vec()
    }

    /// Returns a keyed tag of something that must come back unchanged, such as the cursor of a list.
    #[must_use]
    pub fn tag(&self, purpose: &str, value: &str) -> Vec<u8> {
        keyed_hash(&self.access_pepper, purpose.as_bytes(), value.as_bytes()).to_vec()
    }

    /// Encrypts the bytes of an answer under the id of its lookup (ChaCha20-Poly1305, RFC 8439); returns nonce and
    /// ciphertext.
    ///
    /// # Errors
    /// [`SecretProblem::Unwritable`], which does not happen for bytes that fit into memory.
    pub fn encrypt(&self, id: &str, bytes: &[u8], rng: &mut impl Rng) -> Result<(Vec<u8>, Vec<u8>), SecretProblem> {
        let mut nonce = [0_u8; 12];
        rng.fill_bytes(&mut nonce);
        let cipher = ChaCha20Poly1305::new(&Key::from(self.answer_key));
        let payload = Payload { msg: bytes, aad: id.as_bytes() };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_opaque| SecretProblem::Unwritable)?;
        Ok((nonce.to_vec(), sealed))
    }

    /// Decrypts the bytes of an answer.
    ///
    /// # Errors
    /// [`SecretProblem::Altered`] where they were changed or moved to another lookup.
    pub fn decrypt(&self, id: &str, nonce: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SecretProblem> {
        let nonce = <[u8; 12]>::try_from(nonce).map_err(|_opaque| SecretProblem::Altered)?;
        let cipher = ChaCha20Poly1305::new(&Key::from(self.answer_key));
        let payload = Payload { msg: sealed, aad: id.as_bytes() };
        cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_opaque| SecretProblem::Altered)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets(log key {})", self.verifier_key())
    }
}

fn keyed_hash(key: &[u8; 32], purpose: &[u8], value: &[u8]) -> [u8; 32] {
    // RFC 2104 section 2 fills a short key with zeros to the block of 64 bytes; done here, the length cannot be wrong.
    let mut block = [0_u8; 64];
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    // The length keeps purpose and value apart.
    mac.update(&u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes());
    mac.update(purpose);
    mac.update(value);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
    use super::*;
    use rand::SeedableRng;

    fn secrets() -> Secrets {
        let log_key = SigningKey::from_seed("registry.test", [1; 32]).unwrap();
        Secrets::new(log_key, [2; 32], [3; 32], TagKeys::new(TagKey::new(1, [4; 32]), Vec::new()))
    }

    #[test]
    fn kept_bytes_open_only_unchanged_and_under_their_own_id() {
        let secrets = secrets();
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let (nonce, mut sealed) = secrets.encrypt("one", b"answer", &mut rng).unwrap();
        assert_eq!(secrets.decrypt("one", &nonce, &sealed).unwrap(), b"answer");
        assert_eq!(secrets.decrypt("other", &nonce, &sealed), Err(SecretProblem::Altered));
        sealed[0] ^= 1;
        assert_eq!(secrets.decrypt("one", &nonce, &sealed), Err(SecretProblem::Altered));
    }

    #[test]
    fn a_tag_of_one_purpose_is_none_of_another() {
        assert_ne!(secrets().tag("a", "bc"), secrets().tag("ab", "c"));
    }
}
