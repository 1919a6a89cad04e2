//! Keys of tags, physical plates, fittings and alarms, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    tag_keys (id) {
        id -> Integer,
        fingerprint -> Binary,
        founded_at -> BigInt,
    }
}

diesel::table! {
    plate_items (number, item) {
        number -> Text,
        item -> Integer,
        position -> Text,
        copy -> Integer,
        replaces -> Integer,
        reason -> Text,
        note -> Nullable<Text>,
        tag_key -> Integer,
        since -> BigInt,
        ordered_at -> BigInt,
        ordered_by -> Text,
    }
}

diesel::table! {
    plate_item_states (number, item, version) {
        number -> Text,
        item -> Integer,
        version -> Integer,
        state -> Text,
        since -> BigInt,
        reason -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Text,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    fittings (id) {
        id -> Text,
        operator_id -> Text,
        number -> Text,
        item -> Nullable<Integer>,
        verdict -> Text,
        scanned -> Text,
        vehicle_id -> BigInt,
        fitted_at -> BigInt,
        lat -> Nullable<Double>,
        lng -> Nullable<Double>,
        note -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Text,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    alarms (id) {
        id -> Text,
        operator_id -> Text,
        kind -> Text,
        number -> Text,
        item -> Nullable<Integer>,
        vehicle_id -> Nullable<BigInt>,
        fitting_id -> Nullable<Text>,
        raised_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        settled_by -> Nullable<Text>,
        settlement -> Nullable<Text>,
    }
}
