//! Lookups and the audit log, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    lookups (id) {
        id -> Text,
        asked_at -> BigInt,
        account_id -> Text,
        authority_id -> Nullable<Text>,
        log_index -> BigInt,
        case_number -> Nullable<Text>,
        case_due -> Nullable<BigInt>,
        answer_nonce -> Binary,
        answer_sealed -> Binary,
    }
}

diesel::table! {
    lookup_rides (operator_id, ride_id, lookup_id) {
        operator_id -> Text,
        ride_id -> Text,
        lookup_id -> Text,
        version -> Integer,
        asked_at -> BigInt,
    }
}

diesel::table! {
    log_entries (idx) {
        idx -> BigInt,
        entry -> Binary,
        leaf_hash -> Binary,
    }
}

diesel::table! {
    log_salts (idx, subject) {
        idx -> BigInt,
        subject -> Text,
        salt -> Binary,
    }
}

diesel::table! {
    log_head (id) {
        id -> Integer,
        size -> BigInt,
        root -> Binary,
        frontier -> Binary,
        last_time -> BigInt,
        corrections -> BigInt,
    }
}

diesel::table! {
    log_checkpoints (size) {
        size -> BigInt,
        root -> Binary,
        note -> Text,
        signed_at -> BigInt,
    }
}

diesel::table! {
    log_tiles (level, idx) {
        level -> Integer,
        idx -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    log_identity (id) {
        id -> Integer,
        verifier_key -> Text,
    }
}
