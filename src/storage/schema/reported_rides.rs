//! Rides, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    rides (vehicle_id, started_at, operator_id, ride_id, version) {
        vehicle_id -> BigInt,
        started_at -> BigInt,
        operator_id -> Text,
        ride_id -> Text,
        version -> Integer,
        ended_at -> Nullable<BigInt>,
        start_lat -> Nullable<Double>,
        start_lng -> Nullable<Double>,
        end_lat -> Nullable<Double>,
        end_lng -> Nullable<Double>,
        kind -> Text,
        rider_salt -> Nullable<Binary>,
        rider_commitment -> Nullable<Binary>,
        received_at -> BigInt,
        superseded_at -> Nullable<BigInt>,
        long -> Bool,
        completes -> Bool,
        marks -> Text,
    }
}

diesel::table! {
    ride_heads (operator_id, ride_id) {
        operator_id -> Text,
        ride_id -> Text,
        vehicle_id -> BigInt,
        started_at -> BigInt,
        version -> Integer,
        first_received -> BigInt,
    }
}

diesel::table! {
    ride_marks (operator_id, ride_id, version, mark, other_ride) {
        operator_id -> Text,
        ride_id -> Text,
        version -> Integer,
        mark -> Text,
        other_ride -> Text,
        noted_at -> BigInt,
    }
}

diesel::table! {
    refused_reports (id) {
        id -> Text,
        operator_id -> Text,
        report -> Text,
        problem -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    watermarks (operator_id, complete_until) {
        operator_id -> Text,
        complete_until -> BigInt,
        recorded_at -> BigInt,
    }
}
