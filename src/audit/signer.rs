//! The keys of signed notes: a name and an Ed25519 key, as C2SP `signed-note` joins them.
//!
//! *Invariant:* the secret half is never written anywhere by this code: it has no text form, and `Debug` hides it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The signature type byte of plain Ed25519 in C2SP `signed-note`.
const ED25519: u8 = 0x01;

/// The secret key that signs the heads of one log.
#[derive(Clone)]
pub struct SigningKey {
    name: String,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// Returns the key with this name and this 32-byte seed (the private key of RFC 8032 section 5.1.5).
    ///
    /// The name is that of the log: a URL without scheme, such as `registry.example/log`. It is the origin of every
    /// checkpoint the key signs.
    ///
    /// # Errors
    /// [`KeyProblem::Name`] for a name that no signed note can carry.
    pub fn from_seed(name: impl Into<String>, seed: [u8; 32]) -> Result<Self, KeyProblem> {
        let name = checked_name(name.into())?;
        Ok(Self { name, secret: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    /// Returns the name of the key, which is the origin of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the public half, for all who check.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), public: self.secret.verifying_key() }
    }

    /// Returns the signature line over a note text: em dash, name, Base64 of key id and signature, newline.
    pub(super) fn signature_line(&self, text: &str) -> String {
        let mut bytes = self.verifier_key().id().to_vec();
        bytes.extend_from_slice(&self.secret.sign(text.as_bytes()).to_bytes());
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({}, hidden)", self.name)
    }
}

/// The public key that checks the heads of one log.
///
/// Its text form is `name+id+key`: the id in eight hexadecimal digits, the key in Base64 with its type byte before it.
///
/// ```
/// use scooter_registry::audit::VerifierKey;
///
/// // The key of the Go checksum database, a transparency log anyone can read.
/// let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
/// let key: VerifierKey = text.parse()?;
/// assert_eq!(key.name(), "sum.golang.org");
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), scooter_registry::audit::KeyProblem>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// Returns the name of the key, which is the origin of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key id: the first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key).
    ///
    /// It tells keys apart, it secures nothing: anyone can make a key with a given id.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.public.as_bytes())
            .finalize()
            .into();
        let [first, second, third, fourth, ..] = digest;
        [first, second, third, fourth]
    }

    /// Returns whether this key made the signature, by the strict rule that leaves one valid form to each signature.
    pub(super) fn accepts(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.public.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.public.as_bytes());
        write!(formatter, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyProblem;

    fn from_str(text: &str) -> Result<Self, KeyProblem> {
        let (name, rest) = text.split_once('+').ok_or(KeyProblem::Form)?;
        let (id, key) = rest.split_once('+').ok_or(KeyProblem::Form)?;
        let name = checked_name(name.to_owned())?;
        let Ok(key) = STANDARD.decode(key) else {
            return Err(KeyProblem::Form);
        };
        let Some((&ED25519, key)) = key.split_first() else {
            return Err(KeyProblem::Type);
        };
        let Ok(key) = <[u8; 32]>::try_from(key) else {
            return Err(KeyProblem::Form);
        };
        let Ok(public) = ed25519_dalek::VerifyingKey::from_bytes(&key) else {
            return Err(KeyProblem::Weak);
        };
        if public.is_weak() {
            return Err(KeyProblem::Weak);
        }
        let key = Self { name, public };
        if hex::encode(key.id()) == id { Ok(key) } else { Err(KeyProblem::Id) }
    }
}

/// Why a key is no key of signed notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyProblem {
    /// The name cannot stand in a signed note.
    #[error("the name of a key has no spaces, plus signs or control characters and is not empty")]
    Name,
    /// The text is not `name+id+key`.
    #[error("a verifier key has the form name+id+key")]
    Form,
    /// The key is not of type 0x01.
    #[error("only Ed25519 keys are known here")]
    Type,
    /// The id was computed from another name or key.
    #[error("the id does not belong to this name and key")]
    Id,
    /// The bytes are no point of the curve, or one under which forgeries pass.
    #[error("this is not a safe Ed25519 public key")]
    Weak,
}

/// Returns whether a signed note can carry this as the name of a key.
pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|letter| letter == '+' || letter.is_whitespace() || letter.is_control())
}

fn checked_name(name: String) -> Result<String, KeyProblem> {
    if is_key_name(&name) { Ok(name) } else { Err(KeyProblem::Name) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHECKSUM_DATABASE: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    #[test]
    fn a_published_key_of_another_log_is_read() {
        let key: VerifierKey = CHECKSUM_DATABASE.parse().unwrap();
        assert_eq!((key.name(), hex::encode(key.id()).as_str()), ("sum.golang.org", "033de0ae"));
        assert_eq!(key.to_string(), CHECKSUM_DATABASE);
    }

    #[test]
    fn a_key_comes_back_from_its_text_and_hides_its_secret() {
        let key = SigningKey::from_seed("registry.example/log", [0x5a; 32]).unwrap();
        assert_eq!(key.verifier_key().to_string().parse(), Ok(key.verifier_key()));
        let shown = format!("{key:?}");
        assert_eq!(shown, "SigningKey(registry.example/log, hidden)");
    }

    #[test]
    fn a_text_that_is_no_key_says_why() {
        let refusal = |text: &str| text.parse::<VerifierKey>().expect_err("no key");
        assert_eq!(refusal("name"), KeyProblem::Form);
        assert_eq!(refusal("a name+00000000+AAAA"), KeyProblem::Name);
        assert_eq!(refusal(&CHECKSUM_DATABASE.replace("+033de0ae+", "+033de0af+")), KeyProblem::Id);
        assert_eq!(refusal(&CHECKSUM_DATABASE.replace("+Ac4z", "+As4z")), KeyProblem::Type);
        assert_eq!(refusal(&format!("name+00000000+{}", STANDARD.encode([1; 20]))), KeyProblem::Form);
        let mut neutral = [0; 33];
        neutral.iter_mut().take(2).for_each(|byte| *byte = 1);
        assert_eq!(refusal(&format!("name+00000000+{}", STANDARD.encode(neutral))), KeyProblem::Weak);
        assert_eq!(SigningKey::from_seed("two\nlines", [0; 32]).map(|_| ()), Err(KeyProblem::Name));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*|[a-z.+]{0,40}|name\\+[0-9a-f]{8}\\+A[A-Za-z0-9/+]{43}") {
            if let Ok(key) = text.parse::<VerifierKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
