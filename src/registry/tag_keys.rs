//! The keys that make the tags of plates: one for new plates, and those before it, whose plates are still out there.
//!
//! *Invariant:* there is always one for new plates.

use crate::plate::TagKey;

/// The keys that make the tags of plates.
#[derive(Debug, Clone)]
pub struct TagKeys {
    current: TagKey,
    earlier: Vec<TagKey>,
}

impl TagKeys {
    /// Takes the key for new plates and those that made the tags of earlier ones.
    #[must_use]
    pub const fn new(current: TagKey, earlier: Vec<TagKey>) -> Self {
        Self { current, earlier }
    }

    /// Returns the key for new plates.
    #[must_use]
    pub const fn current(&self) -> &TagKey {
        &self.current
    }

    /// Returns the key with this id.
    #[must_use]
    pub fn find(&self, id: u16) -> Option<&TagKey> {
        std::iter::once(&self.current).chain(&self.earlier).find(|key| key.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plates_of_an_earlier_key_keep_it() {
        let keys = TagKeys::new(TagKey::new(2, [2; 32]), vec![TagKey::new(1, [1; 32])]);
        assert_eq!(keys.current().id(), 2);
        assert_eq!(keys.find(1).map(TagKey::id), Some(1));
        assert!(keys.find(3).is_none());
    }
}
