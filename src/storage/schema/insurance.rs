//! Policies, whom they cover, checks and notices, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    policies (id) {
        id -> Text,
        operator_id -> Text,
        insurer -> Text,
        policy_number -> Text,
        valid_from -> Text,
        valid_until -> Text,
        covers_all -> Bool,
        source -> Text,
        checked_at -> Nullable<BigInt>,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
        policy_id -> Text,
        version -> Integer,
        reason -> Text,
        renews -> Nullable<Text>,
        import_id -> Nullable<Text>,
        recorded_by -> Nullable<Text>,
        check_outcome -> Nullable<Text>,
        reference -> Nullable<Text>,
    }
}

diesel::table! {
    policy_covers (policy_id, vehicle_id, first_day, recorded_at) {
        policy_id -> Text,
        vehicle_id -> Nullable<BigInt>,
        first_day -> Nullable<Text>,
        last_day -> Nullable<Text>,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    policy_checks (id) {
        id -> Text,
        policy_id -> Text,
        version -> Integer,
        outcome -> Text,
        checked_at -> BigInt,
        reference -> Nullable<Text>,
        note -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Text,
    }
}

diesel::table! {
    insurance_notices (id) {
        id -> Text,
        operator_id -> Text,
        kind -> Text,
        policies -> Text,
        due -> Nullable<Text>,
        cause -> Text,
        vehicles -> BigInt,
        first_devices -> Text,
        raised_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}
