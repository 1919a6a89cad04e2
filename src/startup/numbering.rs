//! The scheme that a registry keeps, and the key that shuffles its serials: `plate-numbers.key` beside the other secrets.
//!
//! *Invariant:* a registry that began under one scheme is not opened under another, and nothing is written by the attempt.
//! *Invariant:* a key that the database knows is never made anew, nor exchanged for another.

use rand::Rng;

use super::StartError;
use super::secrets::{SecretFiles, SecretsError};
use crate::model::Moment;
use crate::plate::{KZ_158, SPARSE_19, Scheme, sparse::Shuffle};
use crate::storage::Store;
use crate::storage::numbering::{self, Numbering};

pub(super) const NUMBER_KEY: &str = "plate-numbers.key";

/// What a registry needs to make its numbers.
#[derive(Debug, Clone)]
pub struct NumberingNeeds {
    /// The scheme of the settings.
    pub scheme: Scheme,
    /// Whether the key may be made, if the database knows none.
    pub create: bool,
    /// What the database knows.
    pub known: Option<Numbering>,
}

impl NumberingNeeds {
    /// Looks up what the database knows; no key may be made. One that was `founded` and knows nothing began before there was
    /// a choice.
    ///
    /// # Errors
    /// [`StartError::OtherScheme`], [`StartError::Storage`].
    pub fn find(store: &Store, scheme: Scheme, founded: bool) -> Result<Self, StartError> {
        let known = store.read(numbering::find)?;
        let begun = known.as_ref().map(|known| known.scheme).or(founded.then_some(KZ_158));
        match begun.filter(|begun| *begun != scheme) {
            Some(begun) => Err(StartError::OtherScheme { begun, configured: scheme }),
            None => Ok(Self { scheme, create: false, known }),
        }
    }
}

impl SecretFiles {
    /// Reads the key that shuffles serials, where the scheme needs one; makes it, if it never was there and may be made.
    pub(super) fn take_shuffle(
        &self,
        needs: &NumberingNeeds,
        rng: &mut impl Rng,
    ) -> Result<Option<Shuffle>, SecretsError> {
        if needs.scheme != SPARSE_19 {
            return Ok(None);
        }
        let path = self.path(NUMBER_KEY);
        if !path.exists() {
            if needs.known.is_some() {
                return Err(SecretsError::NumberKeyLost { path });
            }
            if !needs.create {
                return Err(SecretsError::NoNumberKey { path });
            }
            self.make_key(NUMBER_KEY, rng)?;
        }
        let shuffle = Shuffle::new(&self.key(NUMBER_KEY)?);
        let fingerprint = needs.known.as_ref().and_then(|known| known.key_fingerprint.as_deref());
        match fingerprint.filter(|known| *known != shuffle.fingerprint()) {
            Some(_) => Err(SecretsError::OtherNumberKey { path }),
            None => Ok(Some(shuffle)),
        }
    }

    /// Writes the scheme down and compares it with what then stands there: another server may have been first.
    pub(super) fn hold_numbering(
        &self,
        store: &Store,
        scheme: Scheme,
        shuffle: Option<&Shuffle>,
        now: Moment,
    ) -> Result<(), StartError> {
        let ours = Numbering { scheme, key_fingerprint: shuffle.map(|shuffle| shuffle.fingerprint().to_vec()) };
        store.write(|tx| numbering::insert(tx, &ours, now))?;
        match store.read(numbering::find)? {
            Some(known) if known == ours => Ok(()),
            Some(known) if known.scheme != scheme => {
                Err(StartError::OtherScheme { begun: known.scheme, configured: scheme })
            }
            _ => Err(StartError::Secrets(SecretsError::OtherNumberKey { path: self.path(NUMBER_KEY) })),
        }
    }
}
