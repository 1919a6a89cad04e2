//! Positions of scooters, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.

diesel::table! {
    telemetry (vehicle_id, at, copy) {
        vehicle_id -> BigInt,
        at -> BigInt,
        copy -> Integer,
        lat -> Double,
        lng -> Double,
        speed -> Nullable<Double>,
        heading -> Nullable<Double>,
        accuracy_m -> Nullable<Double>,
        recorded_at -> BigInt,
    }
}
