//! The XML of a part as a stream of tags and texts, and nothing else of what XML can do.
//!
//! *Invariant:* a document type is refused: no workbook has one (ECMA-376 part 2, 8.2.4), and only there could entities be
//! declared that grow or that fetch something.

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::archive::{Archive, Part, Refusal};

/// A tag or a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The beginning of an element, by its name without the prefix.
    Start(Tag),
    /// The end of an element, by its name without the prefix.
    End(String),
    /// Text, with the references in it resolved.
    Text(String),
}

/// The beginning of an element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// All that stands between the angle brackets; attributes are looked for when they are asked for.
    content: String,
    /// The bytes of the name in it, the prefix included.
    name: usize,
}

impl Tag {
    /// Returns the name without the prefix.
    pub(super) fn name(&self) -> &str {
        let name = self.content.get(..self.name).unwrap_or_default();
        name.rsplit(':').next().unwrap_or_default()
    }

    /// Returns an attribute by its name without the prefix; nothing if the attributes before it cannot be read.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let attributes = Attributes::new(&self.content, self.name);
        let mut sound = attributes.map_while(Result::ok);
        let found = sound.find(|attribute| attribute.key.local_name().as_ref() == name)?;
        quick_xml::escape::unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
    }

    /// Returns an attribute that is a number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// Returns whether an attribute is set, as XML Schema writes truth.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| ["1", "true", "on"].contains(&value.trim()))
    }
}

/// The tokens of one part.
pub(super) struct Xml<'z, 'a> {
    reader: Reader<Part<'z, 'a>>,
    name: String,
    buffer: Vec<u8>,
    /// How many elements are open: the reader keeps the name of each.
    open: usize,
}

impl<'z, 'a> Xml<'z, 'a> {
    /// Opens a part; nothing if there is none of that name.
    pub(super) fn open(archive: &'z mut Archive<'a>, name: &str) -> Result<Option<Self>, Refusal> {
        let Some(part) = archive.part(name)? else { return Ok(None) };
        let mut reader = Reader::from_reader(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Ok(Some(Self { reader, name: name.to_owned(), buffer: Vec::new(), open: 0 }))
    }

    /// Returns how many bytes of the part were unpacked.
    pub(super) fn unpacked(&self) -> u64 {
        self.reader.get_ref().unpacked()
    }

    /// Returns a refusal of this part as damaged.
    pub(super) fn damaged(&self) -> Refusal {
        Refusal::Damaged(self.name.clone())
    }

    /// Returns a refusal of this part as too large.
    pub(super) fn too_large(&self) -> Refusal {
        Refusal::TooLarge(self.name.clone())
    }

    /// Reads the next token; nothing at the end of the part.
    pub(super) fn next(&mut self) -> Result<Option<Token>, Refusal> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_token();
            let Ok(event) = self.reader.read_event_into(&mut self.buffer) else {
                let overrun = self.reader.get_ref().is_overrun();
                return Err(if overrun { self.too_large() } else { self.damaged() });
            };
            let token = match event {
                Event::Start(start) | Event::Empty(start) => {
                    let name = start.name().as_ref().len();
                    Some(Token::Start(Tag { content: (*start).to_owned(), name }))
                }
                Event::End(end) => Some(Token::End(end.local_name().as_ref().to_owned())),
                Event::Text(text) => Some(Token::Text(text.xml10_content().into_owned())),
                Event::CData(text) => Some(Token::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(reference) => resolved(&reference).map(Token::Text),
                Event::DocType(_) => return Err(Refusal::Entities(self.name.clone())),
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            match token {
                Some(Token::Start(_)) => self.open = self.open.saturating_add(1),
                Some(Token::End(_)) => self.open = self.open.saturating_sub(1),
                Some(Token::Text(_)) | None => {}
            }
            if self.open > self.reader.get_ref().nesting() {
                return Err(self.too_large());
            }
            return token.map(Some).ok_or_else(|| self.damaged());
        }
    }

    /// Reads past the end of the element that has just begun.
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                Some(Token::Start(_)) => depth = depth.saturating_add(1),
                Some(Token::End(_)) => depth = depth.saturating_sub(1),
                Some(Token::Text(_)) => {}
                None => return Err(self.damaged()),
            }
        }
        Ok(())
    }

    /// Reads the text of the element that has just begun, to its end and without the elements in it. What comes after
    /// `most` bytes is passed over.
    pub(super) fn text(&mut self, most: usize) -> Result<String, Refusal> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Some(Token::Start(_)) => self.skip()?,
                Some(Token::Text(more)) if text.len() <= most => text.push_str(&more),
                Some(Token::Text(_)) => {}
                Some(Token::End(_)) => return Ok(text),
                None => return Err(self.damaged()),
            }
        }
    }

    /// Reads the text of a string that may have runs in several looks, without what is said about its pronunciation: of
    /// the element that has just begun and of the runs `r` in it the elements `t` (ECMA-376 part 1, 18.4).
    pub(super) fn rich_text(&mut self, most: usize) -> Result<String, Refusal> {
        let mut text = String::new();
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                Some(Token::Start(tag)) if tag.name() == "t" => {
                    let more = self.text(most)?;
                    if text.len() <= most {
                        text.push_str(&more);
                    }
                }
                Some(Token::Start(tag)) if tag.name() == "r" => depth = depth.saturating_add(1),
                Some(Token::Start(_)) => self.skip()?,
                Some(Token::End(_)) => depth = depth.saturating_sub(1),
                Some(Token::Text(_)) => {}
                None => return Err(self.damaged()),
            }
        }
        Ok(unescaped(text))
    }
}

/// Undoes what Office does to characters that XML cannot hold, `_x000D_` (ECMA-376 part 1, 22.4.2.4).
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut whole = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        whole.push_str(before);
        let code = after.split_at_checked(5).filter(|(code, _)| code.ends_with('_'));
        let character = code.and_then(|(code, rest)| {
            let code = u32::from_str_radix(code.get(..4)?, 16).ok()?;
            Some((char::from_u32(code)?, rest))
        });
        rest = if let Some((character, after)) = character {
            whole.push(character);
            after
        } else {
            whole.push_str("_x");
            after
        };
    }
    whole.push_str(rest);
    whole
}

/// The character of a reference: by number, or one of the five names that XML itself has.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character.to_string());
    }
    let named = match reference.xml10_content().as_ref() {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return None,
    };
    Some(named.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_cannot_hold_are_put_back() {
        for (written, read) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x12_x0041_", "_x12A"),
            ("_xZZZZ_", "_xZZZZ_"),
            ("_xD800_", "_xD800_"),
            ("_x00", "_x00"),
            ("snake_xcase", "snake_xcase"),
        ] {
            assert_eq!(unescaped(written.to_owned()), read);
        }
    }

    #[test]
    fn attributes_are_found_without_their_prefix() {
        let tag = Tag { content: "x:sheet name=\"a&amp;b\" r:id='rId1' n=\" 7 \" on=\"true\"".to_owned(), name: 7 };
        assert_eq!(tag.name(), "sheet");
        assert_eq!(tag.attribute("name").as_deref(), Some("a&b"));
        assert_eq!(tag.attribute("id").as_deref(), Some("rId1"));
        assert_eq!((tag.number::<u8>("n"), tag.is_set("on"), tag.is_set("off")), (Some(7), true, false));
    }
}
