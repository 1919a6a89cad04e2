//! The signed head of the log: C2SP `tlog-checkpoint`, a signed note of origin, size and root.
//!
//! *Invariant:* nothing is believed before the signature is checked, and a checkpoint has one text: what is read back is
//! byte for byte what was signed. Extension lines are neither written nor taken, since no monitor could judge them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::signer::{SigningKey, VerifierKey, is_key_name};
use super::tree::Hash;

/// The longest note that is read, in bytes; room for far more than the 16 signatures that must be accepted.
const NOTE_BYTES_LIMIT: usize = 65_536;

/// What a log claims about itself: at this size it has this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, equal to the name of its key.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Returns the text that is signed: three lines, each ended by a newline, the root in Base64.
    #[must_use]
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Returns the checkpoint signed by the key of its log.
    ///
    /// # Errors
    /// [`CheckpointProblem::OriginDiffers`] if the key belongs to another log.
    pub fn sign(self, key: &SigningKey) -> Result<SignedCheckpoint, CheckpointProblem> {
        if self.origin != key.name() {
            return Err(CheckpointProblem::OriginDiffers);
        }
        let mut text = self.body();
        let line = key.signature_line(&text);
        text.push('\n');
        text.push_str(&line);
        SignedCheckpoint::parse(&text)
    }

    fn parse(body: &str) -> Result<Self, CheckpointProblem> {
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointProblem::Body);
        };
        match (origin.is_empty(), decimal(size), Hash::from_base64(root)) {
            (false, Some(size), Ok(root)) => Ok(Self { origin: origin.to_owned(), size, root }),
            _ => Err(CheckpointProblem::Body),
        }
    }
}

/// A checkpoint with its signature lines, as published. Read, but not believed until [`verify`](Self::verify).
///
/// ```
/// use scooter_registry::audit::{Checkpoint, SignedCheckpoint, SigningKey, empty_root};
///
/// let key = SigningKey::from_seed("registry.example/log", [7; 32])?;
/// let head = Checkpoint { origin: key.name().to_owned(), size: 0, root: empty_root() };
/// let published = head.clone().sign(&key)?.text().to_owned();
/// assert_eq!(SignedCheckpoint::parse(&published)?.verify(&key.verifier_key())?, head);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    text: String,
    claimed: Checkpoint,
    signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl SignedCheckpoint {
    /// Returns the checkpoint of a published text, with any number of further signatures, such as those of witnesses.
    ///
    /// # Errors
    /// [`CheckpointProblem::Note`] if it is no signed note, [`CheckpointProblem::Body`] if the note is no checkpoint.
    pub fn parse(text: &str) -> Result<Self, CheckpointProblem> {
        if text.len() > NOTE_BYTES_LIMIT || text.chars().any(|letter| letter < ' ' && letter != '\n') {
            return Err(CheckpointProblem::Note);
        }
        let (before, lines) = text.rsplit_once("\n\n").ok_or(CheckpointProblem::Note)?;
        let lines = lines.strip_suffix('\n').ok_or(CheckpointProblem::Note)?;
        let signatures: Option<Vec<_>> = lines.split('\n').map(NoteSignature::parse).collect();
        Ok(Self {
            text: text.to_owned(),
            claimed: Checkpoint::parse(&format!("{before}\n"))?,
            signatures: signatures.ok_or(CheckpointProblem::Note)?,
        })
    }

    /// Returns the published text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns what the text claims, **unverified**: enough to choose a checkpoint, never to believe it.
    #[must_use]
    pub const fn claimed(&self) -> &Checkpoint {
        &self.claimed
    }

    /// Returns the checkpoint once the log's own key has been found to have signed it.
    ///
    /// Signatures of other keys are ignored, as C2SP `signed-note` demands; a wrong one of this key spoils the note.
    ///
    /// # Errors
    /// [`CheckpointProblem::OriginDiffers`], [`CheckpointProblem::Unsigned`] or [`CheckpointProblem::Forged`].
    pub fn verify(&self, key: &VerifierKey) -> Result<Checkpoint, CheckpointProblem> {
        if self.claimed.origin != key.name() {
            return Err(CheckpointProblem::OriginDiffers);
        }
        let body = self.claimed.body();
        let key_id = key.id();
        let mut own = self
            .signatures
            .iter()
            .filter(|signature| signature.name == key.name() && signature.key_id == key_id)
            .peekable();
        if own.peek().is_none() {
            return Err(CheckpointProblem::Unsigned);
        }
        if own.all(|signature| key.accepts(&body, &signature.bytes)) {
            Ok(self.claimed.clone())
        } else {
            Err(CheckpointProblem::Forged)
        }
    }
}

impl NoteSignature {
    /// Returns the signature of a line `— name base64(key id ‖ signature)`.
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (key_id, bytes) = decoded.split_first_chunk::<4>()?;
        (is_key_name(name) && !bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            key_id: *key_id,
            bytes: bytes.to_vec(),
        })
    }
}

/// Why a text is no checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointProblem {
    /// The text is no signed note.
    #[error("this is not a signed note")]
    Note,
    /// The note is not origin, size and root.
    #[error("the signed note is not a checkpoint: origin, size and root on three lines")]
    Body,
    /// The checkpoint is of another log than the key.
    #[error("the checkpoint belongs to another log")]
    OriginDiffers,
    /// The key signed nothing here.
    #[error("the checkpoint is not signed by this key")]
    Unsigned,
    /// The key is named, but the signature is not its own.
    #[error("the signature of the checkpoint is wrong")]
    Forged,
}

/// Returns the number written in plain decimal: digits only, no leading zero.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::tree::leaf_hash;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed("registry.example/log", [seed; 32]).unwrap()
    }

    fn head(size: u64) -> Checkpoint {
        Checkpoint { origin: "registry.example/log".into(), size, root: leaf_hash(b"head") }
    }

    #[test]
    fn a_checkpoint_is_three_lines_a_gap_and_a_signature() {
        let signed = head(42).sign(&key(1)).unwrap();
        let lines: Vec<&str> = signed.text().split('\n').collect();
        let [origin, size, root, gap, signature, end] = lines.try_into().unwrap();
        assert_eq!((origin, size, gap, end), ("registry.example/log", "42", "", ""));
        assert_eq!(root, leaf_hash(b"head").to_base64());
        let bytes = STANDARD.decode(signature.strip_prefix("— registry.example/log ").unwrap()).unwrap();
        assert_eq!(bytes.len(), 4 + 64);
        assert!(bytes.starts_with(&key(1).verifier_key().id()));
        assert_eq!(SignedCheckpoint::parse(signed.text()).unwrap().verify(&key(1).verifier_key()), Ok(head(42)));
    }

    #[test]
    fn a_note_signed_elsewhere_verifies_here() {
        // The example in the documentation of the Go package golang.org/x/mod/sumdb/note.
        let text =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let key: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let bytes = STANDARD.decode(line).unwrap();
        let (id, signature) = bytes.split_first_chunk::<4>().unwrap();
        assert_eq!(*id, key.id());
        assert!(key.accepts(text, signature));
        assert!(!key.accepts(&text.replace("answer", "Answer"), signature));
    }

    #[test]
    fn another_key_another_log_and_an_altered_text_are_told_apart() {
        let signed = head(42).sign(&key(1)).unwrap();
        assert_eq!(signed.verify(&key(2).verifier_key()), Err(CheckpointProblem::Unsigned));
        let elsewhere = SigningKey::from_seed("elsewhere.example", [1; 32]).unwrap();
        assert_eq!(signed.verify(&elsewhere.verifier_key()), Err(CheckpointProblem::OriginDiffers));
        assert_eq!(head(1).sign(&elsewhere), Err(CheckpointProblem::OriginDiffers));
        let altered = SignedCheckpoint::parse(&signed.text().replacen("\n42\n", "\n43\n", 1)).unwrap();
        assert_eq!(altered.claimed().size, 43);
        assert_eq!(altered.verify(&key(1).verifier_key()), Err(CheckpointProblem::Forged));
    }

    #[test]
    fn signatures_of_witnesses_are_passed_over_and_a_wrong_one_of_the_log_spoils_the_note() {
        let signed = head(42).sign(&key(1)).unwrap();
        let witness = SigningKey::from_seed("witness.example", [3; 32]).unwrap();
        let with_witness = format!("{}{}", signed.text(), witness.signature_line(&head(42).body()));
        let parsed = SignedCheckpoint::parse(&with_witness).unwrap();
        assert_eq!(parsed.verify(&key(1).verifier_key()), Ok(head(42)));
        let with_wrong = format!("{}{}", signed.text(), key(1).signature_line("something else\n"));
        let parsed = SignedCheckpoint::parse(&with_wrong).unwrap();
        assert_eq!(parsed.verify(&key(1).verifier_key()), Err(CheckpointProblem::Forged));
    }

    #[test]
    fn texts_beside_the_form_are_refused() {
        let text = head(42).sign(&key(1)).unwrap().text().to_owned();
        let refusal = |text: &str| SignedCheckpoint::parse(text).unwrap_err();
        for body in ["\n042\n", "\n+42\n", "\n-1\n", "\n\n", "\n42\n42\n", "\n99999999999999999999\n"] {
            assert_eq!(refusal(&text.replacen("\n42\n", body, 1)), CheckpointProblem::Body, "{body:?}");
        }
        for note in [text.trim_end(), "", "\n\n", &text.replace('—', "-"), &text.replace('\n', "\r\n")] {
            assert_eq!(refusal(note), CheckpointProblem::Note, "{note:?}");
        }
        assert_eq!(refusal(&"x".repeat(NOTE_BYTES_LIMIT + 1)), CheckpointProblem::Note);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*|([a-z—= 0-9]{0,9}\n){0,9}") {
            if let Ok(signed) = SignedCheckpoint::parse(&text) {
                prop_assert_eq!(signed.text(), text);
            }
        }
    }
}
