CREATE TABLE rides (
    vehicle_id       BIGINT  NOT NULL,
    started_at       BIGINT  NOT NULL,
    operator_id      TEXT    NOT NULL,
    ride_id          TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    ended_at         BIGINT,
    start_lat        DOUBLE PRECISION,
    start_lng        DOUBLE PRECISION,
    end_lat          DOUBLE PRECISION,
    end_lng          DOUBLE PRECISION,
    kind             TEXT    NOT NULL CHECK (kind IN ('rider', 'rebalance', 'maintenance')),
    rider_salt       BYTEA,
    rider_commitment BYTEA,
    received_at      BIGINT  NOT NULL,
    superseded_at    BIGINT,
    -- Open, or longer than a day, which is as far as a bounded search looks back: found through the partial index below.
    long             BOOLEAN NOT NULL,
    -- Whether this version only added the end to the one before it.
    completes        BOOLEAN NOT NULL,
    PRIMARY KEY (vehicle_id, started_at, operator_id, ride_id, version)
);
CREATE INDEX rides_long ON rides (vehicle_id) WHERE long AND superseded_at IS NULL;

-- The newest version of every ride, by the operator's own id.
CREATE TABLE ride_heads (
    operator_id    TEXT    NOT NULL,
    ride_id        TEXT    NOT NULL,
    vehicle_id     BIGINT  NOT NULL,
    started_at     BIGINT  NOT NULL,
    version        INTEGER NOT NULL,
    first_received BIGINT  NOT NULL,
    PRIMARY KEY (operator_id, ride_id)
);

-- What looked wrong about a ride when it came: stored beside it, never instead of it.
CREATE TABLE ride_marks (
    operator_id TEXT    NOT NULL,
    ride_id     TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    mark        TEXT    NOT NULL,
    other_ride  TEXT    NOT NULL,
    noted_at    BIGINT  NOT NULL,
    PRIMARY KEY (operator_id, ride_id, version, mark, other_ride)
);

-- Reports that could not become rides, as they came.
CREATE TABLE refused_reports (
    id          TEXT   NOT NULL PRIMARY KEY,
    operator_id TEXT   NOT NULL,
    report      TEXT   NOT NULL,
    problem     TEXT   NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX refused_reports_of_operator ON refused_reports (operator_id, received_at);

CREATE TABLE watermarks (
    operator_id    TEXT   NOT NULL,
    complete_until BIGINT NOT NULL,
    recorded_at    BIGINT NOT NULL,
    PRIMARY KEY (operator_id, complete_until)
);

-- Older versions of a ride may lie on another vehicle or at another start.
CREATE INDEX rides_superseded ON rides (operator_id, ride_id) WHERE superseded_at IS NOT NULL;
CREATE INDEX rides_of_operator ON rides (operator_id, started_at, ride_id) WHERE superseded_at IS NULL;
