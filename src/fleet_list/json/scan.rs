//! The grammar of JSON (RFC 8259), read strictly and no deeper than is asked.
//!
//! *Invariant:* every step goes forward, and depth is counted: the work is linear and the stack is bounded.

/// A value as it is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'t> {
    /// A string, its escapes undone.
    Text(String),
    /// A number, `true`, `false` or `null`, as written.
    Word(&'t str),
    /// An object or an array, as written.
    Nested(&'t str),
}

/// Where the text stops being JSON, in bytes from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken(pub(super) usize);

/// A text, read up to a point.
#[derive(Debug, Clone)]
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Scan<'t> {
    /// Begins at the beginning; objects and arrays may stand in each other `depth` deep.
    pub(super) fn new(text: &'t str, depth: usize) -> Self {
        Self { text, at: 0, depth }
    }

    /// Returns how far the text was read, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns what stands between an earlier place and this one.
    pub(super) fn since(&self, from: usize) -> &'t str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn broken(&self) -> Broken {
        Broken(self.at)
    }

    /// Reads past white space and returns the next byte without reading it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let white = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += white;
        rest.get(white).copied()
    }

    /// Reads this byte after white space, if it is the next.
    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn require(&mut self, byte: u8) -> Result<(), Broken> {
        if self.take(byte) { Ok(()) } else { Err(self.broken()) }
    }

    /// Reads to the end, where nothing but white space may stand.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        if self.peek().is_none() { Ok(()) } else { Err(self.broken()) }
    }

    /// Reads an object and shows its members in their order.
    pub(super) fn object(&mut self, mut member: impl FnMut(String, Value<'t>)) -> Result<(), Broken> {
        self.require(b'{')?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.peek();
            let key = self.string()?;
            self.require(b':')?;
            let value = self.value()?;
            member(key, value);
            if self.take(b'}') {
                return Ok(());
            }
            self.require(b',')?;
        }
    }

    /// Reads an array and shows where each of its elements begins; `element` reads it.
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Result<(), Broken>) -> Result<(), Broken> {
        self.require(b'[')?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.peek();
            element(self)?;
            if self.take(b']') {
                return Ok(());
            }
            self.require(b',')?;
        }
    }

    /// Reads any value.
    pub(super) fn value(&mut self) -> Result<Value<'t>, Broken> {
        let next = self.peek();
        let from = self.at;
        match next {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'{' | b'[') => {
                self.depth = self.depth.checked_sub(1).ok_or_else(|| self.broken())?;
                if next == Some(b'{') {
                    self.object(|_, _| ())?;
                } else {
                    self.array(|scan| scan.value().map(drop))?;
                }
                self.depth += 1;
                Ok(Value::Nested(self.since(from)))
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| Value::Word(self.since(from))),
            _ => {
                let rest = self.text.get(from..).unwrap_or_default();
                let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word));
                self.at += word.ok_or_else(|| self.broken())?.len();
                Ok(Value::Word(self.since(from)))
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(self.broken()) }
    }

    fn number(&mut self) -> Result<(), Broken> {
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Broken> {
        if self.byte() != Some(b'"') {
            return Err(self.broken());
        }
        self.at += 1;
        let mut whole = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            let Some((plain, after)) = plain.and_then(|stop| rest.split_at_checked(stop)) else {
                self.at = self.text.len();
                return Err(self.broken());
            };
            whole.push_str(plain);
            self.at += plain.len();
            if after.starts_with('"') {
                self.at += 1;
                return Ok(whole);
            }
            whole.push(self.escaped()?);
        }
    }

    /// Reads an escape. Half a pair of UTF-16 is no character: what it was is lost and told later as such.
    fn escaped(&mut self) -> Result<char, Broken> {
        if self.byte() != Some(b'\\') {
            return Err(self.broken());
        }
        self.at += 1;
        let plain = match self.byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unit_or_pair(),
            _ => return Err(self.broken()),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unit_or_pair(&mut self) -> Result<char, Broken> {
        let first = self.unit()?;
        let before = self.at;
        let mut units = vec![first];
        if (0xD800..0xDC00).contains(&first) && self.since_starts(b"\\u") {
            self.at += 1;
            match self.unit()? {
                second @ 0xDC00..0xE000 => units.push(second),
                _ => self.at = before,
            }
        }
        Ok(char::decode_utf16(units).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn since_starts(&self, wanted: &[u8]) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(wanted))
    }

    /// Reads `u` and four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, Broken> {
        let digits =
            self.text.get(self.at + 1..self.at + 5).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or_else(|| self.broken())?;
        self.at += 5;
        Ok(unit)
    }
}

/// Writes a text as a JSON string.
pub(in super::super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if u32::from(control) < 0x20 => quoted.extend(format!("\\u{:04x}", u32::from(control)).chars()),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepted(text: &str) -> bool {
        let mut scan = Scan::new(text, 60);
        scan.value().and_then(|_| scan.end()).is_ok()
    }

    #[test]
    fn values_are_shown_as_they_are_written() {
        let mut members = Vec::new();
        let text = r#"{"a":86012345678901234567,"b":"\u0416\ud83d\udef4\n\ud83dx","c":{"d":[1]},"e":null,"f":1.50}"#;
        Scan::new(text, 9).object(|key, value| members.push((key, value))).unwrap();
        let values: Vec<_> = members.into_iter().map(|(_, value)| value).collect();
        assert_eq!(
            values,
            [
                Value::Word("86012345678901234567"),
                Value::Text("Ж🛴\n\u{FFFD}x".to_owned()),
                Value::Nested("{\"d\":[1]}"),
                Value::Word("null"),
                Value::Word("1.50"),
            ]
        );
    }

    #[test]
    fn what_is_too_deep_is_refused_without_reading_on() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(Scan::new(&deep, 60).value(), Err(Broken(60)));
        assert!(accepted(&format!("{}{}", "[".repeat(60), "]".repeat(60))));
    }

    proptest! {
        #[test]
        fn what_serde_json_accepts_is_accepted_and_nothing_else(text in "[\\[\\]{}:,\"a\\\\u0-9.eE+\\- tfn]{0,16}") {
            let serde: Result<serde::de::IgnoredAny, _> = serde_json::from_str(&text);
            prop_assert_eq!(accepted(&text), serde.is_ok(), "{}", text);
        }

        #[test]
        fn a_text_that_is_quoted_reads_back(text in any::<String>()) {
            let written = quoted(&text);
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text.clone());
            prop_assert_eq!(Scan::new(&written, 1).value(), Ok(Value::Text(text)));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = accepted(&text);
        }
    }
}
