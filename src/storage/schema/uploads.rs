//! Uploads and jobs, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    fleet_imports (id) {
        id -> Text,
        operator_id -> Text,
        account_id -> Text,
        status -> Text,
        mode -> Text,
        mapping -> Text,
        adopt_up_to -> Nullable<Text>,
        file -> Binary,
        file_digest -> Binary,
        found -> Nullable<Text>,
        counts -> Nullable<Text>,
        problems -> Nullable<Text>,
        problems_total -> BigInt,
        failure -> Nullable<Text>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        diff -> Nullable<Text>,
    }
}

diesel::table! {
    fleet_import_rows (import_id, row_number) {
        import_id -> Text,
        row_number -> BigInt,
        outcome -> Text,
        device_id -> Text,
        number -> Nullable<Text>,
        changes -> Nullable<Text>,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        subject -> Text,
        enqueued_at -> BigInt,
        leased_until -> Nullable<BigInt>,
        attempts -> Integer,
        ended_at -> Nullable<BigInt>,
        failure -> Nullable<Text>,
    }
}
