//! What kind of file the bytes are, by their first bytes and not by a name or a media type that somebody claimed.
//!
//! *Invariant:* nothing is unpacked or parsed here; a signature is compared, no more.

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Nothing but white space.
    Empty,
    /// Text that may be a table of delimited cells.
    Csv,
    /// A format we know by name but have no reader for.
    NotAccepted(&'static str),
}

/// First bytes of formats that operators are likely to send; a reader that is written takes its lines away from here.
const SIGNATURES: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "XLSX"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "XLS"),
    (b"%PDF-", "PDF"),
    (b"\x1F\x8B", "GZIP"),
    (b"\x28\xB5\x2F\xFD", "ZSTD"),
    (b"7z\xBC\xAF\x27\x1C", "7Z"),
    (b"Rar!\x1A\x07", "RAR"),
];

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Returns the kind of the file.
pub(super) fn sniff(bytes: &[u8]) -> Format {
    if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Format::NotAccepted(name);
    }
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes).trim_ascii();
    if text.is_empty() {
        Format::Empty
    } else if is_json(text) {
        Format::NotAccepted("JSON")
    } else {
        Format::Csv
    }
}

/// Tells JSON from a table whose header is written `[device_id],[plate]`: an object, or an array of anything but words.
fn is_json(text: &[u8]) -> bool {
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
            (b"PK\x03\x04\x14\x00", Format::NotAccepted("XLSX")),
            (b"%PDF-1.7", Format::NotAccepted("PDF")),
            (b"\xEF\xBB\xBF [ {\"device_id\":\"a\"}]", Format::NotAccepted("JSON")),
            (b"{\"device_id\":\"a\"}\n{\"device_id\":\"b\"}", Format::NotAccepted("JSON")),
            (b"[device_id],[plate]\na,A00001", Format::Csv),
            (b"{id};{plate}\n1;2", Format::Csv),
            (b"PK,plate\n1,A00001", Format::Csv),
        ] {
            assert_eq!(sniff(bytes), format, "{bytes:?}");
        }
    }
}
