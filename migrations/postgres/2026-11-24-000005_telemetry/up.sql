-- Where scooters said that they were. Two positions for one instant are two rows: the second one is marked, and nobody
-- knows which of them is right.
CREATE TABLE telemetry (
    vehicle_id  BIGINT  NOT NULL REFERENCES vehicles (id),
    at          BIGINT  NOT NULL,
    -- 0 for the first position of an instant; above that it contradicts the ones before.
    copy        INTEGER NOT NULL CHECK (copy >= 0),
    lat         DOUBLE PRECISION NOT NULL,
    lng         DOUBLE PRECISION NOT NULL,
    -- Metres a second, degrees clockwise from north, metres.
    speed       DOUBLE PRECISION,
    heading     DOUBLE PRECISION,
    accuracy_m  DOUBLE PRECISION,
    recorded_at BIGINT  NOT NULL,
    PRIMARY KEY (vehicle_id, at, copy)
);
-- What has served its time is found by it.
CREATE INDEX telemetry_at ON telemetry (at);
