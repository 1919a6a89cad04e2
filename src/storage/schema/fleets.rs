//! Letters, vehicles, numbers, plates, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    series (letter) {
        letter -> Text,
        operator_id -> Text,
        status -> Text,
        claimed_at -> BigInt,
        in_use_since -> Nullable<BigInt>,
        notice -> Nullable<Text>,
        objections_until -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        next_serial -> BigInt,
    }
}

diesel::table! {
    series_rejections (id) {
        id -> Text,
        letter -> Text,
        operator_id -> Text,
        claimed_at -> BigInt,
        decided_at -> BigInt,
        decided_by -> Text,
        decision_reason -> Text,
    }
}

diesel::table! {
    series_objections (id) {
        id -> Text,
        letter -> Text,
        operator_id -> Text,
        reason -> Text,
        filed_at -> BigInt,
    }
}

diesel::table! {
    vehicles (id) {
        id -> BigInt,
        operator_id -> Text,
        device_id -> Text,
        registered_at -> BigInt,
    }
}

diesel::table! {
    vehicle_versions (vehicle_id, version) {
        vehicle_id -> BigInt,
        version -> Integer,
        operator_id -> Text,
        serial_number -> Nullable<Text>,
        make -> Nullable<Text>,
        model -> Nullable<Text>,
        year -> Nullable<Integer>,
        colour -> Nullable<Text>,
        in_service -> Nullable<Text>,
        out_of_service -> Nullable<Text>,
        comment -> Nullable<Text>,
        import_id -> Nullable<Text>,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
        stated -> Nullable<Text>,
        holds_from -> Nullable<BigInt>,
        service_period -> Integer,
        service_from -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        recorded_by -> Nullable<Text>,
    }
}

diesel::table! {
    numbers (number) {
        number -> Text,
        letter -> Text,
        serial -> BigInt,
        operator_id -> Text,
        adopted -> Bool,
        issued_at -> BigInt,
        tag_key -> Integer,
    }
}

diesel::table! {
    plates (number, version) {
        number -> Text,
        version -> Integer,
        vehicle_id -> BigInt,
        operator_id -> Text,
        valid_from -> Nullable<BigInt>,
        valid_until -> Nullable<BigInt>,
        reason -> Text,
        import_id -> Nullable<Text>,
        recorded_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
    }
}
