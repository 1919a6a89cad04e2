//! The scheme of the registry and its one sequence, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    numbering (id) {
        id -> Integer,
        scheme -> Text,
        next_serial -> BigInt,
        key_fingerprint -> Nullable<Binary>,
        begun_at -> BigInt,
    }
}
