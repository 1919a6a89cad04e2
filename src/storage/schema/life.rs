//! What happens to a vehicle, as diesel sees it; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    vehicle_statuses (vehicle_id, entry) {
        vehicle_id -> BigInt,
        entry -> Integer,
        status -> Text,
        since -> BigInt,
        ends -> Nullable<BigInt>,
        reported_by -> Nullable<Text>,
        account_id -> Text,
        note -> Nullable<Text>,
        lat -> Nullable<Double>,
        lng -> Nullable<Double>,
        replaces -> Nullable<Integer>,
        maintenance_id -> Nullable<Text>,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    maintenance_records (id, version) {
        id -> Text,
        version -> Integer,
        vehicle_id -> BigInt,
        kind -> Text,
        began_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        description -> Text,
        parts -> Nullable<Text>,
        odometer_km -> Nullable<Double>,
        performed_by -> Nullable<Text>,
        account_id -> Text,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    vehicle_retirements (vehicle_id, entry) {
        vehicle_id -> BigInt,
        entry -> Integer,
        retired_from -> BigInt,
        reason -> Text,
        account_id -> Text,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
        withdrawn_by -> Nullable<Text>,
        withdrawal_reason -> Nullable<Text>,
    }
}

diesel::table! {
    plate_corrections (number, entry) {
        number -> Text,
        entry -> Integer,
        vehicle_id -> Nullable<BigInt>,
        since -> Nullable<BigInt>,
        reason -> Text,
        account_id -> Text,
        recorded_at -> BigInt,
    }
}
