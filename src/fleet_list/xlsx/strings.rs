//! The strings that the cells of a workbook share, kept once.
//!
//! *Invariant:* they take the room of their texts and little more, so that many short ones are no flood.

use super::archive::{Archive, Refusal};
use super::xml::{Token, Xml};
use crate::fleet_list::bounds::Bounds;

/// The shared strings, in the order in which cells name them.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each string ends in the text.
    ends: Vec<usize>,
}

impl Strings {
    /// Reads the part that holds them, if the workbook has one.
    pub(super) fn read(archive: &mut Archive<'_>, part: Option<&str>, bounds: &Bounds) -> Result<Self, Refusal> {
        let mut strings = Self::default();
        let Some(part) = part else { return Ok(strings) };
        let Some(mut xml) = Xml::open(archive, part)? else { return Ok(strings) };
        while let Some(token) = xml.next()? {
            if matches!(&token, Token::Start(tag) if tag.name() == "si") {
                let text = xml.rich_text(bounds.record_bytes)?;
                strings.text.push_str(&text);
                strings.ends.push(strings.text.len());
                if strings.ends.len() > bounds.strings || strings.kept() > bounds.kept_bytes {
                    return Err(xml.too_large());
                }
            }
        }
        Ok(strings)
    }

    /// Returns how many bytes they take.
    pub(super) fn kept(&self) -> u64 {
        let ends = self.ends.len().saturating_mul(size_of::<usize>());
        u64::try_from(self.text.len().saturating_add(ends)).unwrap_or(u64::MAX)
    }

    /// Returns a string by its place.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let until = *self.ends.get(place)?;
        let from = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(from..until)
    }
}
