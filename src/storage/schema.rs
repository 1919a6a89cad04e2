//! The tables, as diesel sees them; the truth is in `migrations/`.
//!
//! *Invariant:* only column types that both databases share.
#![allow(missing_docs, reason = "generated names; the tables are described in the migrations")]

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
    }
}

diesel::table! {
    policy_vehicles (policy_id, vehicle_id) {
        policy_id -> Text,
        vehicle_id -> BigInt,
    }
}

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

diesel::allow_tables_to_appear_in_same_query!(
    operators,
    operator_suspensions,
    authorities,
    accounts,
    api_keys,
    idempotency,
    counters,
    series,
    series_rejections,
    series_objections,
    vehicles,
    vehicle_versions,
    numbers,
    plates,
    policies,
    policy_vehicles,
    fleet_imports,
    fleet_import_rows,
    jobs,
    rides,
    ride_heads,
    ride_marks,
    refused_reports,
    watermarks,
    lookups,
    lookup_rides,
    log_entries,
    log_salts,
    log_head,
    log_checkpoints,
    log_tiles,
    log_identity
);
