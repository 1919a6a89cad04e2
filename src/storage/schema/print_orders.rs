//! Print jobs, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    print_jobs (id) {
        id -> Text,
        operator_id -> Text,
        account_id -> Text,
        status -> Text,
        format -> Text,
        stock -> Nullable<Text>,
        dpi -> Nullable<Integer>,
        part -> Text,
        positions -> Text,
        copies -> Integer,
        reason -> Nullable<Text>,
        operator_name -> Text,
        batch -> Text,
        job_hash -> Text,
        settings -> Text,
        numbers -> BigInt,
        pieces -> BigInt,
        reprints -> BigInt,
        failure -> Nullable<Text>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        erased_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    print_job_items (job_id, die, place) {
        job_id -> Text,
        die -> Text,
        place -> BigInt,
        number -> Text,
        item -> Integer,
        printed_before -> Bool,
        made_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    print_job_files (job_id, place) {
        job_id -> Text,
        place -> Integer,
        name -> Text,
        kind -> Text,
        die -> Text,
        serial -> Integer,
        first -> BigInt,
        pieces -> BigInt,
        sheets -> Nullable<Integer>,
        size -> Nullable<BigInt>,
        sha256 -> Nullable<Text>,
        made_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    print_job_contents (job_id, place) {
        job_id -> Text,
        place -> Integer,
        content -> Binary,
        listed -> Binary,
    }
}

diesel::table! {
    print_job_order_parts (job_id, first) {
        job_id -> Text,
        first -> BigInt,
        plates -> Text,
    }
}
