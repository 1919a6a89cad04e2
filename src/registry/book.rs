//! The book of calls: a creation that is sent twice creates once.
//!
//! *Invariant:* key, deed and answer are saved in one transaction; a call that failed leaves no trace and may be
//! repeated.

use thiserror::Error;

use crate::model::Moment;
use crate::storage::idempotency::{self, Keyed, Saved};
use crate::storage::{Error as StorageError, Store, Tx};

/// What came of a call with an idempotency key.
#[derive(Debug)]
pub enum Once<T> {
    /// The deed was done now.
    Done(T),
    /// It was done before; this was answered: status and body.
    Before(i32, String),
}

/// Why a call with an idempotency key was refused.
#[derive(Debug, Error)]
pub enum OnceError<E> {
    /// The deed failed.
    #[error(transparent)]
    Deed(E),
    /// The key was used for another call or another body.
    #[error("this Idempotency-Key was used for another request")]
    OtherCall,
    /// The first answer held a secret, which is not kept.
    #[error("this request was carried out before, and its answer, which held a secret, was not kept")]
    NotKept,
    /// The first call has not ended.
    #[error("a request with this Idempotency-Key is being carried out")]
    InFlight,
}

impl<E: From<StorageError>> From<StorageError> for OnceError<E> {
    fn from(error: StorageError) -> Self {
        Self::Deed(error.into())
    }
}

/// What is saved of an answer: its status, and its body unless that holds a secret.
pub type Kept = (i32, Option<String>);

/// Does a deed once for its idempotency key; without a key, simply does it.
///
/// # Errors
/// [`OnceError`].
pub fn once<T, E: From<StorageError>>(
    store: &Store,
    now: Moment,
    call: Option<&Keyed>,
    deed: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    keep: impl FnOnce(&T) -> Kept,
) -> Result<Once<T>, OnceError<E>> {
    let Some(call) = call else {
        return store.write(deed).map(Once::Done).map_err(OnceError::Deed);
    };
    if let Some(saved) = store.read(|db| idempotency::find(db, &call.account_id, &call.key))? {
        return replay(call, saved);
    }
    let mut taken = false;
    let outcome = store.write(|tx| {
        if let Err(error) = idempotency::take(tx, call, now) {
            taken = matches!(error, StorageError::Conflict(_));
            return Err(OnceError::from(error));
        }
        let done = deed(tx).map_err(OnceError::Deed)?;
        let (status, body) = keep(&done);
        idempotency::save(tx, call, status, body.as_deref())?;
        Ok(done)
    });
    match outcome {
        Ok(done) => Ok(Once::Done(done)),
        // Another call with this key ended while this one waited for it.
        Err(_) if taken => match store.read(|db| idempotency::find(db, &call.account_id, &call.key))? {
            Some(saved) => replay(call, saved),
            None => Err(OnceError::InFlight),
        },
        Err(error) => Err(error),
    }
}

fn replay<T, E>(call: &Keyed, saved: Saved) -> Result<Once<T>, OnceError<E>> {
    if saved.route != call.route || saved.body_digest != call.body_digest {
        return Err(OnceError::OtherCall);
    }
    match (saved.status, saved.body) {
        (Some(status), Some(body)) => Ok(Once::Before(status, body)),
        (Some(_), None) => Err(OnceError::NotKept),
        (None, _) => Err(OnceError::InFlight),
    }
}
