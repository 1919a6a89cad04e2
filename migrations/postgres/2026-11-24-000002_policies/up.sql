-- A policy has versions: a change is a new row, the one before is superseded with the time. The stable id (`policy_id`)
-- is the id of version 1.
ALTER TABLE policies ADD COLUMN policy_id TEXT NOT NULL DEFAULT '';
ALTER TABLE policies ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
-- Why this version was recorded.
ALTER TABLE policies ADD COLUMN reason TEXT NOT NULL DEFAULT 'recorded';
-- The policy that this one goes on after.
ALTER TABLE policies ADD COLUMN renews TEXT;
-- The fleet list that stated it.
ALTER TABLE policies ADD COLUMN import_id TEXT;
ALTER TABLE policies ADD COLUMN recorded_by TEXT;
-- What the insurers' records said of this version, and where that can be looked up.
ALTER TABLE policies ADD COLUMN check_outcome TEXT;
ALTER TABLE policies ADD COLUMN reference TEXT;
UPDATE policies SET policy_id = id;
CREATE UNIQUE INDEX policies_current ON policies (policy_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX policies_version ON policies (policy_id, version);

-- Which vehicles a policy covers, and on which days: vehicles join and leave. A day that is absent is the policy's own.
-- Known from when until when, apart from the versions: a policy of a whole fleet's vehicles is not copied by a change.
CREATE TABLE policy_covers (
    policy_id     TEXT   NOT NULL REFERENCES policies (id),
    -- NULL: the whole fleet.
    vehicle_id    BIGINT REFERENCES vehicles (id),
    first_day     TEXT,
    last_day      TEXT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT
);
INSERT INTO policy_covers (policy_id, vehicle_id, recorded_at, superseded_at)
    SELECT id, NULL, recorded_at, superseded_at FROM policies WHERE covers_all;
INSERT INTO policy_covers (policy_id, vehicle_id, recorded_at, superseded_at)
    SELECT policies.id, policy_vehicles.vehicle_id, policies.recorded_at, policies.superseded_at
    FROM policy_vehicles JOIN policies ON policies.id = policy_vehicles.policy_id;
DROP TABLE policy_vehicles;
CREATE INDEX policy_covers_of_policy ON policy_covers (policy_id);
CREATE INDEX policy_covers_of_vehicle ON policy_covers (vehicle_id);
CREATE UNIQUE INDEX policy_covers_current ON policy_covers
    (policy_id, COALESCE(vehicle_id, 0), COALESCE(first_day, '')) WHERE superseded_at IS NULL;

-- Every comparison with the insurers' records, whatever it found.
CREATE TABLE policy_checks (
    id          TEXT    NOT NULL PRIMARY KEY,
    policy_id   TEXT    NOT NULL REFERENCES policies (id),
    -- The version that was compared.
    version     INTEGER NOT NULL,
    outcome     TEXT    NOT NULL CHECK (outcome IN ('confirmed', 'not_found', 'differs')),
    checked_at  BIGINT  NOT NULL,
    reference   TEXT,
    note        TEXT,
    recorded_at BIGINT  NOT NULL,
    recorded_by TEXT    NOT NULL
);
CREATE INDEX policy_checks_of_policy ON policy_checks (policy_id, recorded_at);

-- What an operator is told about its insurance: standing messages, one a cause, settled when it is mended.
CREATE TABLE insurance_notices (
    id            TEXT   NOT NULL PRIMARY KEY,
    operator_id   TEXT   NOT NULL REFERENCES operators (id),
    kind          TEXT   NOT NULL,
    -- The first policies concerned, as JSON.
    policies      TEXT   NOT NULL,
    -- The last day of cover.
    due           TEXT,
    cause         TEXT   NOT NULL,
    vehicles      BIGINT NOT NULL,
    first_devices TEXT   NOT NULL,
    raised_at     BIGINT NOT NULL,
    settled_at    BIGINT
);
CREATE UNIQUE INDEX insurance_notices_open ON insurance_notices (operator_id, cause) WHERE settled_at IS NULL;
CREATE INDEX insurance_notices_of_operator ON insurance_notices (operator_id, id);
