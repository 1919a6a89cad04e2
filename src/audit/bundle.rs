//! The entries of the log one after another: the entry bundles of C2SP `tlog-tiles`.
//!
//! *Invariant:* a bundle is lengths and bytes: what the entries say is not looked at.

use thiserror::Error;

/// Returns an entry bundle: each entry after its length in two bytes, big-endian.
///
/// # Errors
/// [`BundleProblem::EntryTooLong`] for an entry of 65 536 bytes or more.
pub fn encode_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleProblem> {
    let mut bundle = Vec::new();
    for entry in entries {
        let Ok(length) = u16::try_from(entry.len()) else {
            return Err(BundleProblem::EntryTooLong(entry.len()));
        };
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Returns the entries of a bundle.
///
/// # Errors
/// [`BundleProblem::CutOff`] if the bundle ends within an entry.
pub fn decode_entries(bundle: &[u8]) -> Result<Vec<&[u8]>, BundleProblem> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(BundleProblem::CutOff)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(BundleProblem::CutOff)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// Why a bundle cannot be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BundleProblem {
    /// The bytes end within an entry.
    #[error("the bundle is cut off within an entry")]
    CutOff,
    /// The entry has this many bytes.
    #[error("an entry of {0} bytes does not fit into a bundle")]
    EntryTooLong(usize),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bundles_hold_entries_of_any_length_up_to_the_limit() {
        let long = vec![7; 65_535];
        let entries: [&[u8]; 3] = [b"ab", b"", &long];
        let bundle = encode_entries(entries).unwrap();
        assert!(bundle.starts_with(&[0, 2, b'a', b'b', 0, 0, 0xff, 0xff]));
        assert_eq!(decode_entries(&bundle).unwrap(), entries);
        assert_eq!(decode_entries(&bundle[..bundle.len() - 1]), Err(BundleProblem::CutOff));
        let too_long: &[u8] = &vec![0; 65_536];
        assert_eq!(encode_entries([too_long]), Err(BundleProblem::EntryTooLong(65_536)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic_and_what_it_takes_it_writes_back(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..64),
                prop::collection::vec(0..3_u8, 0..64),
            ],
        ) {
            if let Ok(entries) = decode_entries(&bytes) {
                prop_assert_eq!(encode_entries(entries).unwrap(), bytes);
            }
        }
    }
}
