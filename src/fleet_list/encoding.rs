//! Bytes to text: UTF-8, UTF-16 with a byte order mark, else Windows-1251, which is what office programs save here.
//!
//! *Invariant:* no bytes are refused: what cannot be decoded becomes U+FFFD and is counted.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1251};

/// Text with the encoding it was found in.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// The text without a byte order mark.
    pub(super) text: Cow<'a, str>,
    /// The label of the encoding by the WHATWG standard, lower-case: `utf-8`, `utf-16le`, `utf-16be`, `windows-1251`.
    pub(super) encoding: &'static str,
    /// How many characters could not be decoded.
    pub(super) replaced: usize,
}

const REPLACEMENT: char = '\u{FFFD}';

/// Returns the bytes as text.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    for (mark, encoding, label) in [(b"\xFF\xFE", UTF_16LE, "utf-16le"), (b"\xFE\xFF", UTF_16BE, "utf-16be")] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let (text, malformed) = encoding.decode_without_bom_handling(rest);
            let replaced = if malformed { text.matches(REPLACEMENT).count() } else { 0 };
            return Decoded { text, encoding: label, replaced };
        }
    }
    let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
    let rest = marked.unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(rest) {
        return Decoded { text: Cow::Borrowed(text), encoding: "utf-8", replaced: 0 };
    }
    let (sound, broken) = utf8_evidence(rest);
    if marked.is_some() || sound > broken {
        return Decoded { text: String::from_utf8_lossy(rest), encoding: "utf-8", replaced: broken };
    }
    let (text, _) = WINDOWS_1251.decode_without_bom_handling(rest);
    Decoded { text, encoding: "windows-1251", replaced: 0 }
}

/// Returns how many characters beyond ASCII are sound UTF-8, and how many places are not.
///
/// In Windows-1251 Russian a sound pair is an accident (a capital letter followed by a rare sign), while one broken byte
/// in a file of Cyrillic UTF-8 stands among thousands of sound pairs: the majority tells the two apart.
fn utf8_evidence(bytes: &[u8]) -> (usize, usize) {
    bytes.utf8_chunks().fold((0, 0), |(sound, broken), chunk| {
        let beyond_ascii = chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        (sound + beyond_ascii, broken + usize::from(!chunk.invalid().is_empty()))
    })
}

/// Whether the text is no text: it begins with NUL characters or is sown with control characters.
pub(super) fn is_binary(text: &str) -> bool {
    const LOOKED_AT: usize = 4096;
    let mut controls = 0_usize;
    let mut seen = 0_usize;
    for character in text.chars().take(LOOKED_AT) {
        if character == '\0' {
            return true;
        }
        seen += 1;
        controls += usize::from(character.is_control() && !matches!(character, '\t' | '\n' | '\r'));
    }
    controls * 10 > seen
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn russian_in_windows_1251_is_recognised() {
        let (bytes, _, _) = WINDOWS_1251.encode("Регистрационный номер;Марка\nА00001;Ёлка №5 і");
        let decoded = decode(&bytes);
        assert_eq!(decoded.encoding, "windows-1251");
        assert_eq!(decoded.text, "Регистрационный номер;Марка\nА00001;Ёлка №5 і");
    }

    #[test]
    fn one_broken_byte_does_not_turn_utf8_into_windows_1251() {
        let mut bytes = "серийный номер,тіркеу нөмірі\n".as_bytes().to_vec();
        bytes.push(0xD0);
        let decoded = decode(&bytes);
        assert_eq!((decoded.encoding, decoded.replaced), ("utf-8", 1));
        assert!(decoded.text.ends_with(REPLACEMENT));
    }

    #[test]
    fn a_broken_pair_of_utf16_is_counted() {
        let decoded = decode(b"\xFF\xFEa\x00\x00\xD8b\x00");
        assert_eq!((decoded.encoding, decoded.replaced, &*decoded.text), ("utf-16le", 1, "a\u{FFFD}b"));
    }

    #[test]
    fn binary_is_told_from_text_with_a_stray_control_character() {
        assert!(is_binary("a\0b"));
        assert!(is_binary("\u{1}\u{2}\u{3}abc"));
        assert!(!is_binary("device_id,comment\nS-1,a\u{7} long enough comment"));
    }

    proptest! {
        // Without ё: its byte in Windows-1251 can continue a UTF-8 sequence, and bytes that are wholly sound UTF-8 are UTF-8.
        #[test]
        fn text_beyond_ascii_survives_every_encoding(text in "[a-zа-я ,;]{0,40}[а-я]") {
            // In Windows-1251 these two letters are the bytes of a byte order mark of UTF-16 (Unicode 16.0, section 23.8).
            prop_assume!(!text.starts_with("юя") && !text.starts_with("яю"));
            let little: Vec<u8> = [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
            let (cyrillic, _, unmappable) = WINDOWS_1251.encode(&text);
            prop_assert!(!unmappable);
            let marked = format!("\u{FEFF}{text}");
            for (bytes, label) in [
                (text.as_bytes(), "utf-8"),
                (marked.as_bytes(), "utf-8"),
                (&little, "utf-16le"),
                (&big, "utf-16be"),
                (&cyrillic, "windows-1251"),
            ] {
                let decoded = decode(bytes);
                prop_assert_eq!(&*decoded.text, &text);
                prop_assert_eq!(decoded.encoding, label);
                prop_assert_eq!(decoded.replaced, 0);
            }
        }
    }
}
