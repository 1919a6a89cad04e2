//! Operators, accounts, keys, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    operators (id) {
        id -> Text,
        legal_name -> Text,
        bin -> Text,
        contact_phone -> Text,
        contact_email -> Text,
        custody -> Text,
        admitted_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        turn -> BigInt,
    }
}

diesel::table! {
    operator_suspensions (id) {
        id -> Text,
        operator_id -> Text,
        suspended_from -> BigInt,
        suspended_until -> Nullable<BigInt>,
        reason -> Text,
        suspended_by -> Text,
        lifted_by -> Nullable<Text>,
    }
}

diesel::table! {
    authorities (id) {
        id -> Text,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        role -> Text,
        name -> Text,
        authority_id -> Nullable<Text>,
        operator_id -> Nullable<Text>,
        created_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Text,
        account_id -> Text,
        name -> Text,
        secret_hash -> Binary,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency (account_id, key) {
        account_id -> Text,
        key -> Text,
        route -> Text,
        body_digest -> Binary,
        status -> Nullable<Integer>,
        body -> Nullable<Text>,
        saved_at -> BigInt,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        next -> BigInt,
    }
}
