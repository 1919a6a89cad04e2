-- A version of a description says which facts it states, and from when on they hold: an absent `holds_from` means
-- that they always held (a correction). The service dates speak about a service period instead: its place among the
-- vehicle's periods, from 0, and its beginning. An absent `stated` means all facts.
ALTER TABLE vehicle_versions ADD COLUMN stated TEXT;
ALTER TABLE vehicle_versions ADD COLUMN holds_from BIGINT;
ALTER TABLE vehicle_versions ADD COLUMN service_period INTEGER NOT NULL DEFAULT 0;
ALTER TABLE vehicle_versions ADD COLUMN service_from BIGINT;
ALTER TABLE vehicle_versions ADD COLUMN reason TEXT;
ALTER TABLE vehicle_versions ADD COLUMN recorded_by TEXT;

CREATE TABLE vehicle_statuses (
    vehicle_id     BIGINT  NOT NULL REFERENCES vehicles (id),
    entry          INTEGER NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN
        ('in_service', 'in_store', 'in_repair', 'stolen', 'impounded', 'moved_by_third_party')),
    since          BIGINT  NOT NULL,
    ends           BIGINT,
    reported_by    TEXT,
    account_id     TEXT    NOT NULL,
    note           TEXT,
    lat            DOUBLE,
    lng            DOUBLE,
    -- The entry that this one corrects, and the maintenance record that it follows from.
    replaces       INTEGER,
    maintenance_id TEXT,
    recorded_at    BIGINT  NOT NULL,
    superseded_at  BIGINT,
    PRIMARY KEY (vehicle_id, entry)
);

CREATE TABLE maintenance_records (
    id            TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    vehicle_id    BIGINT  NOT NULL REFERENCES vehicles (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('inspection', 'maintenance', 'repair')),
    began_at      BIGINT  NOT NULL,
    ended_at      BIGINT,
    description   TEXT    NOT NULL,
    parts         TEXT,
    odometer_km   DOUBLE,
    performed_by  TEXT,
    account_id    TEXT    NOT NULL,
    recorded_at   BIGINT  NOT NULL,
    superseded_at BIGINT,
    PRIMARY KEY (id, version)
);
CREATE INDEX maintenance_records_of_vehicle ON maintenance_records (vehicle_id);

CREATE TABLE vehicle_retirements (
    vehicle_id        BIGINT  NOT NULL REFERENCES vehicles (id),
    entry             INTEGER NOT NULL,
    retired_from      BIGINT  NOT NULL,
    reason            TEXT    NOT NULL,
    account_id        TEXT    NOT NULL,
    recorded_at       BIGINT  NOT NULL,
    -- A retirement recorded by mistake is withdrawn, not deleted.
    superseded_at     BIGINT,
    withdrawn_by      TEXT,
    withdrawal_reason TEXT,
    PRIMARY KEY (vehicle_id, entry)
);
CREATE UNIQUE INDEX vehicle_retirements_current ON vehicle_retirements (vehicle_id) WHERE superseded_at IS NULL;

-- Who bears a number in truth, since when: the newest entry is right about every instant it speaks of. An absent vehicle:
-- nobody, the number was wrongly issued. An absent `since`: since ever.
CREATE TABLE plate_corrections (
    number      TEXT    NOT NULL REFERENCES numbers (number),
    entry       INTEGER NOT NULL,
    vehicle_id  BIGINT  REFERENCES vehicles (id),
    since       BIGINT,
    reason      TEXT    NOT NULL,
    account_id  TEXT    NOT NULL,
    recorded_at BIGINT  NOT NULL,
    PRIMARY KEY (number, entry)
);
CREATE INDEX plate_corrections_of_vehicle ON plate_corrections (vehicle_id);
