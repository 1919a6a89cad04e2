//! Lookups: from what was read and when, to who rode; asked, written down, answered.
//!
//! *Invariant:* every question that an officer asks is an entry, also one that was malformed or denied; no answer exists
//! before its entry is durable ([`crate::storage::Unsaid`]).

mod error;
mod question;

mod issued;
mod second;
mod seek;
mod seen_words;

mod around;
mod facts;
mod gather;

mod advice;
mod build;
mod list;
mod rank;
mod reasons;
mod say;

mod look;

mod again;
mod ask;
mod asking;

pub use again::{name_case, read_again};
pub use ask::{Resolved, resolve};
pub use asking::Asking;
pub use error::{FieldProblem, ResolveError};
pub use question::RawQuestion;
