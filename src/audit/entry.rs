//! One line of the log: who did what to which case and thing, and what was answered, as canonical JSON.
//!
//! *Invariant:* no plate, no case number, no rider and no answer stands here in clear: only commitments whose salts can
//! be erased, and digests. What is erased elsewhere therefore stays provable and says nothing.
//!
//! The bytes are canonical JSON (JCS, RFC 8785): anyone can rebuild them from the values with any JSON library. An entry
//! is at most 65 535 bytes because C2SP `tlog-tiles` writes its length as two bytes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::action::{Action, Decision};
use super::commitment::Commitment;
use super::tree::Hash;
use crate::spelling::{EXACT_INTEGER_LIMIT, canonical};

/// The version of the form of entries that this code writes and reads.
pub const ENTRY_VERSION: u8 = 1;

/// The largest entry in bytes: its length is two bytes in an entry bundle.
pub const ENTRY_BYTES_LIMIT: usize = 65_535;

/// One entry of the log. Absent fields are left out of the bytes, never written as null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The form of the entry: [`ENTRY_VERSION`].
    pub version: u8,
    /// `UUIDv7` in lower case with hyphens.
    pub id: String,
    /// When, in milliseconds since 1970 UTC. Never less than in the entry before.
    #[serde(rename = "time_ms")]
    pub time: i64,
    /// Whose credential it was: the id of an account, an operator or a job of the registry.
    pub actor: String,
    /// The authority the actor belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The role in which the actor acted.
    pub role: String,
    /// What was done.
    pub action: Action,
    /// The purpose stated with a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The commitment to the case number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_commitment: Option<Commitment>,
    /// The commitment to what it was done to: a plate, a ride, an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_commitment: Option<Commitment>,
    /// SHA-256 of the canonical JSON of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_digest: Option<Hash>,
    /// SHA-256 of the canonical JSON of the answer without its receipt, which does not exist before this entry does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_digest: Option<Hash>,
    /// How it ended.
    pub decision: Decision,
}

impl Entry {
    /// Returns the canonical bytes, which are what the leaf hash covers.
    ///
    /// # Errors
    /// See [`EntryProblem`]: what this returns, [`parse`](Self::parse) accepts.
    pub fn canonical(&self) -> Result<Vec<u8>, EntryProblem> {
        if self.version != ENTRY_VERSION {
            return Err(EntryProblem::Version(self.version));
        }
        if !is_uuid_v7(&self.id) {
            return Err(EntryProblem::Id);
        }
        if self.time.unsigned_abs() > EXACT_INTEGER_LIMIT {
            return Err(EntryProblem::InexactNumber);
        }
        let bytes = canonical(self).map_err(EntryProblem::Json)?.bytes;
        within_limit(&bytes).map(|()| bytes)
    }

    /// Returns the entry whose canonical form these bytes are.
    ///
    /// # Errors
    /// See [`EntryProblem`]; [`EntryProblem::NotCanonical`] if the same values would be written otherwise, so that no
    /// two byte strings in the log mean the same entry.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryProblem> {
        within_limit(bytes)?;
        let entry: Self = serde_json::from_slice(bytes).map_err(EntryProblem::Json)?;
        if entry.canonical()? == bytes { Ok(entry) } else { Err(EntryProblem::NotCanonical) }
    }
}

/// Returns SHA-256 of the canonical JSON of a value: a question, or an answer without its receipt.
///
/// # Errors
/// [`EntryProblem::Json`] if the value has no JSON form, [`EntryProblem::InexactNumber`] if an integer in it is beyond
/// ±(2^53 - 1): canonical JSON writes every number as a double, and two values would share one digest.
pub fn digest_of<T: Serialize>(value: &T) -> Result<Hash, EntryProblem> {
    Ok(digested(value)?.0)
}

/// Returns the digest of a value with the canonical bytes that it is the digest of.
///
/// # Errors
/// As [`digest_of`].
pub fn digested<T: Serialize>(value: &T) -> Result<(Hash, Vec<u8>), EntryProblem> {
    let spelled = canonical(value).map_err(EntryProblem::Json)?;
    if !spelled.is_exact {
        return Err(EntryProblem::InexactNumber);
    }
    Ok((Hash::from_bytes(Sha256::digest(&spelled.bytes).into()), spelled.bytes))
}

/// Why a value is no entry, or an entry cannot be written.
#[derive(Debug, Error)]
pub enum EntryProblem {
    /// The entry was written by a later form of this code.
    #[error("entries of version {0} are not known here")]
    Version(u8),
    /// The id is no `UUIDv7` in lower case.
    #[error("the id of an entry is a version 7 UUID in lower case")]
    Id,
    /// An integer would be changed by readers that hold numbers as doubles.
    #[error("integers beyond 2^53 - 1 have no exact canonical form")]
    InexactNumber,
    /// The entry has this many bytes.
    #[error("an entry has at most 65535 bytes, not {0}")]
    TooLong(usize),
    /// The bytes are not the canonical form of the entry they mean.
    #[error("the bytes of the entry are not canonical")]
    NotCanonical,
    /// The bytes are no JSON of this shape, or the value has none.
    #[error("the entry and its JSON do not fit")]
    Json(#[source] serde_json::Error),
}

fn within_limit(bytes: &[u8]) -> Result<(), EntryProblem> {
    if bytes.len() > ENTRY_BYTES_LIMIT { Err(EntryProblem::TooLong(bytes.len())) } else { Ok(()) }
}

/// Returns whether the text is a version 7 UUID (RFC 9562 section 5.7) in its lower-case form.
fn is_uuid_v7(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'7',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::audit::commitment::{Salt, commit};
    use crate::audit::tamper_tests::entry_number;

    #[test]
    fn the_bytes_of_an_entry_are_fixed_forever() {
        let mut entry = entry_number(0);
        entry.case_commitment = Some(commit(&Salt::from_bytes([7; 32]), "2026-000001"));
        let expected = r#"{"action":"lookup","actor":"officer-1","authority":"police \"Алматы\"","case_commitment":"CASE","decision":"answered","id":"01981f6e-7c00-7000-8000-000000000000","purpose":"collision","role":"officer","time_ms":1783452111000,"version":1}"#
            .replace("CASE", &entry.case_commitment.unwrap().to_string());
        assert_eq!(String::from_utf8(entry.canonical().unwrap()).unwrap(), expected);
        assert_eq!(Entry::parse(expected.as_bytes()).unwrap(), entry);
    }

    #[test]
    fn another_spelling_of_the_same_entry_is_refused() {
        let text = String::from_utf8(entry_number(0).canonical().unwrap()).unwrap();
        let spaced = text.replacen(':', ": ", 1);
        let nulled = text.replacen('{', r#"{"answer_digest":null,"#, 1);
        let escaped = text.replacen("officer-1", "\\u006fofficer-1", 1).replacen("\\u006foff", "\\u006fff", 1);
        for other in [spaced, nulled, escaped, format!("{text}\n")] {
            assert!(matches!(Entry::parse(other.as_bytes()), Err(EntryProblem::NotCanonical)), "{other}");
        }
        let surplus = text.replacen("\"role\"", "\"rider\":\"x\",\"role\"", 1);
        assert!(matches!(Entry::parse(surplus.as_bytes()), Err(EntryProblem::Json(_))));
    }

    #[test]
    fn entries_that_cannot_be_read_back_are_not_written() {
        let with = |change: fn(&mut Entry)| {
            let mut entry = entry_number(0);
            change(&mut entry);
            entry.canonical()
        };
        assert!(matches!(with(|entry| entry.version = 2), Err(EntryProblem::Version(2))));
        assert!(matches!(with(|entry| entry.id = "1".into()), Err(EntryProblem::Id)));
        assert!(matches!(with(|entry| entry.id = entry.id.to_uppercase()), Err(EntryProblem::Id)));
        assert!(matches!(with(|entry| entry.time = 1 << 53), Err(EntryProblem::InexactNumber)));
        assert!(matches!(with(|entry| entry.actor = "x".repeat(70_000)), Err(EntryProblem::TooLong(_))));
    }

    #[test]
    fn a_digest_covers_the_canonical_form_and_refuses_numbers_that_would_blur() {
        let expected = Hash::from_bytes(Sha256::digest(br#"{"a":[1,true],"b":"x"}"#).into());
        assert_eq!(digest_of(&json!({"b": "x", "a": [1, true]})).unwrap(), expected);
        for number in [json!(1_i64 << 53), json!(-(1_i64 << 53)), json!(u64::MAX)] {
            assert!(matches!(digest_of(&json!({"a": [number]})), Err(EntryProblem::InexactNumber)));
        }
        assert!(digest_of(&json!(EXACT_INTEGER_LIMIT)).is_ok());
    }

    proptest! {
        #[test]
        fn entries_of_any_text_come_back_as_they_were(actor in ".*", purpose in prop::option::of(".*"), time in -1_i64 << 52..1 << 52) {
            let entry = Entry { time, actor, purpose, ..entry_number(0) };
            prop_assert_eq!(Entry::parse(&entry.canonical().unwrap()).unwrap(), entry);
        }

        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Entry::parse(&bytes).is_err());
        }
    }
}
