//! What kind of file the bytes are, by their first bytes and not by a name or a media type that somebody claimed.
//!
//! *Invariant:* nothing is unpacked or parsed here; a signature is compared, no more.

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Nothing but white space.
    Empty,
    /// Anything else: text that may be a table of delimited cells or JSON, which is told apart once it is decoded.
    Text,
    /// A zip archive, which a workbook is; what is in it is found out by the one who unpacks it.
    Archive,
    /// A document that Microsoft Office has encrypted with a password.
    Encrypted,
    /// A format we know by name but have no reader for.
    NotAccepted(&'static str),
}

/// First bytes of formats that operators are likely to send; a reader that is written takes its lines away from here.
const SIGNATURES: [(&[u8], &str); 7] = [
    (b"PK\x05\x06", "ZIP"),
    (COMPOUND, "XLS"),
    (b"%PDF-", "PDF"),
    (b"\x1F\x8B", "GZIP"),
    (b"\x28\xB5\x2F\xFD", "ZSTD"),
    (b"7z\xBC\xAF\x27\x1C", "7Z"),
    (b"Rar!\x1A\x07", "RAR"),
];

const ARCHIVE: &[u8] = b"PK\x03\x04";
/// The compound file of Microsoft Office 97 to 2003, in which later versions keep what they encrypt.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Returns the kind of the file.
pub(super) fn sniff(bytes: &[u8]) -> Format {
    if bytes.starts_with(ARCHIVE) {
        return Format::Archive;
    }
    if bytes.starts_with(COMPOUND) && is_encrypted(bytes) {
        return Format::Encrypted;
    }
    if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Format::NotAccepted(name);
    }
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes).trim_ascii();
    if text.is_empty() { Format::Empty } else { Format::Text }
}

/// Whether a compound file holds the stream `EncryptedPackage` (MS-OFFCRYPTO, 2.3.4.4); its directory writes names in UTF-16.
fn is_encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// Tells JSON from a table whose header is written `[device_id],[plate]`: an object, or an array of anything but words.
pub(super) fn is_json(text: &str) -> bool {
    let text = text.as_bytes().trim_ascii();
    let second = text.get(1..).map(<[u8]>::trim_ascii_start).and_then(<[u8]>::first);
    match text.first() {
        Some(b'{') => matches!(second, Some(b'"' | b'}')),
        Some(b'[') => matches!(second, Some(b'{' | b'[' | b'"' | b']')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (bytes, format) in [
            (&b""[..], Format::Empty),
            (b"\xEF\xBB\xBF \r\n\t", Format::Empty),
            (b"PK\x03\x04\x14\x00", Format::Archive),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1W\0o\0r\0k\0", Format::NotAccepted("XLS")),
            (b"%PDF-1.7", Format::NotAccepted("PDF")),
            (b"[device_id],[plate]\na,A00001", Format::Text),
            (b"PK,plate\n1,A00001", Format::Text),
        ] {
            assert_eq!(sniff(bytes), format, "{bytes:?}");
        }
    }

    #[test]
    fn json_is_told_from_a_header_in_brackets() {
        for text in [" [ {\"device_id\":\"a\"}]", "{\"device_id\":\"a\"}\n{\"device_id\":\"b\"}", "[]", "{ }"] {
            assert!(is_json(text), "{text}");
        }
        for text in ["[device_id],[plate]\na,A00001", "{id};{plate}\n1;2", "", "{", "device_id"] {
            assert!(!is_json(text), "{text}");
        }
    }

    #[test]
    fn an_encrypted_document_is_told_from_an_old_workbook() {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sniff(&[COMPOUND, &[0; 600], &name].concat()), Format::Encrypted);
    }
}
