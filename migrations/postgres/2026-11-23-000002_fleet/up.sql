CREATE TABLE series (
    letter           TEXT   NOT NULL PRIMARY KEY,
    operator_id      TEXT   NOT NULL REFERENCES operators (id),
    status           TEXT   NOT NULL CHECK (status IN ('claimed', 'confirmed', 'rejected')),
    claimed_at       BIGINT NOT NULL,
    in_use_since     BIGINT,
    notice           TEXT,
    objections_until BIGINT,
    decided_at       BIGINT,
    decided_by       TEXT,
    decision_reason  TEXT,
    -- The serial that the next issue takes. Its row lock is what keeps numbers unique and without gaps.
    next_serial      BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX series_of_operator ON series (operator_id);

-- A rejected claim frees the letter; what was claimed and why it was rejected stays here.
CREATE TABLE series_rejections (
    id              TEXT   NOT NULL PRIMARY KEY,
    letter          TEXT   NOT NULL,
    operator_id     TEXT   NOT NULL REFERENCES operators (id),
    claimed_at      BIGINT NOT NULL,
    decided_at      BIGINT NOT NULL,
    decided_by      TEXT   NOT NULL,
    decision_reason TEXT   NOT NULL
);

CREATE TABLE series_objections (
    id          TEXT   NOT NULL PRIMARY KEY,
    letter      TEXT   NOT NULL,
    operator_id TEXT   NOT NULL REFERENCES operators (id),
    reason      TEXT   NOT NULL,
    filed_at    BIGINT NOT NULL
);
CREATE INDEX series_objections_of_letter ON series_objections (letter);

CREATE TABLE vehicles (
    id            BIGINT NOT NULL PRIMARY KEY,
    operator_id   TEXT   NOT NULL REFERENCES operators (id),
    device_id     TEXT   NOT NULL,
    registered_at BIGINT NOT NULL,
    UNIQUE (operator_id, device_id)
);

-- True when, known when: `recorded_at` and `superseded_at` say what the registry believed at an instant.
CREATE TABLE vehicle_versions (
    vehicle_id     BIGINT NOT NULL REFERENCES vehicles (id),
    version        INTEGER NOT NULL,
    operator_id    TEXT   NOT NULL,
    serial_number  TEXT,
    make           TEXT,
    model          TEXT,
    year           INTEGER,
    colour         TEXT,
    in_service     TEXT,
    out_of_service TEXT,
    comment        TEXT,
    import_id      TEXT,
    recorded_at    BIGINT NOT NULL,
    superseded_at  BIGINT,
    PRIMARY KEY (vehicle_id, version)
);
CREATE UNIQUE INDEX vehicle_versions_current ON vehicle_versions (vehicle_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX vehicle_versions_serial_number ON vehicle_versions (operator_id, serial_number)
    WHERE superseded_at IS NULL AND serial_number IS NOT NULL;

-- Every number ever given or adopted. The primary key is the promise that none is given twice.
CREATE TABLE numbers (
    number      TEXT    NOT NULL PRIMARY KEY,
    letter      TEXT    NOT NULL,
    serial      BIGINT  NOT NULL,
    operator_id TEXT    NOT NULL,
    adopted     BOOLEAN NOT NULL,
    issued_at   BIGINT  NOT NULL
);
CREATE INDEX numbers_of_letter ON numbers (letter, serial);

CREATE TABLE plates (
    number        TEXT    NOT NULL REFERENCES numbers (number),
    version       INTEGER NOT NULL,
    vehicle_id    BIGINT  NOT NULL REFERENCES vehicles (id),
    operator_id   TEXT    NOT NULL,
    valid_from    BIGINT,
    valid_until   BIGINT,
    reason        TEXT    NOT NULL,
    import_id     TEXT,
    recorded_at   BIGINT  NOT NULL,
    superseded_at BIGINT,
    PRIMARY KEY (number, version)
);
CREATE INDEX plates_of_vehicle ON plates (vehicle_id, superseded_at);

CREATE TABLE policies (
    id            TEXT    NOT NULL PRIMARY KEY,
    operator_id   TEXT    NOT NULL REFERENCES operators (id),
    insurer       TEXT    NOT NULL,
    policy_number TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL,
    valid_until   TEXT    NOT NULL,
    covers_all    BOOLEAN NOT NULL,
    source        TEXT    NOT NULL CHECK (source IN ('operator', 'insurer')),
    checked_at    BIGINT,
    recorded_at   BIGINT  NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX policies_of_operator ON policies (operator_id, policy_number);

CREATE TABLE policy_vehicles (
    policy_id  TEXT   NOT NULL REFERENCES policies (id),
    vehicle_id BIGINT NOT NULL REFERENCES vehicles (id),
    PRIMARY KEY (policy_id, vehicle_id)
);
CREATE INDEX policy_vehicles_of_vehicle ON policy_vehicles (vehicle_id);
