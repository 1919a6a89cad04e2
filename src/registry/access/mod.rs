//! Who may do what: the table of deeds and roles, credentials, accounts and their keys.
//!
//! *Invariant:* a deed that stands in no row of the table is nobody's.

mod accounts;
mod deed;
mod entrance;

pub use accounts::{
    AccountError, KeyRequest, NewAccount, NewKey, create_account, create_key, create_operator_key, revoke_key,
};
pub use deed::{Deed, may};
pub use entrance::{AccessError, InForce, Remembered, authenticate, console};
