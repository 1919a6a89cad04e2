-- The keys that the tags in QR codes are made with, known again by their fingerprint: a key that is lost is never
-- silently replaced, for plates made of metal bear its tags.
CREATE TABLE tag_keys (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id BETWEEN 1 AND 65535),
    fingerprint BYTEA   NOT NULL,
    founded_at  BIGINT  NOT NULL
);

-- Which key covers the first three plates of a number. Numbers of the release before were given when there was no key
-- yet; the first one covers them.
ALTER TABLE numbers ADD COLUMN tag_key INTEGER NOT NULL DEFAULT 1;

-- Plates after the first three of a number (1 rear, 2 left, 3 right), which follow from the number and have no row.
CREATE TABLE plate_items (
    number      TEXT    NOT NULL REFERENCES numbers (number),
    item        INTEGER NOT NULL CHECK (item >= 4),
    position    TEXT    NOT NULL CHECK (position IN ('rear', 'left', 'right')),
    copy        INTEGER NOT NULL CHECK (copy >= 2),
    replaces    INTEGER NOT NULL,
    reason      TEXT    NOT NULL CHECK (reason IN ('damaged', 'lost', 'stolen', 'illegible', 'renewed')),
    note        TEXT,
    tag_key     INTEGER NOT NULL REFERENCES tag_keys (id),
    since       BIGINT  NOT NULL,
    ordered_at  BIGINT  NOT NULL,
    ordered_by  TEXT    NOT NULL,
    PRIMARY KEY (number, item),
    UNIQUE (number, replaces)
);

-- What became of a plate: true since when, known since when. A correction supersedes.
CREATE TABLE plate_item_states (
    number        TEXT    NOT NULL REFERENCES numbers (number),
    item          INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('ordered', 'printed', 'fitted', 'damaged', 'lost', 'withdrawn')),
    since         BIGINT  NOT NULL,
    reason        TEXT,
    recorded_at   BIGINT  NOT NULL,
    recorded_by   TEXT    NOT NULL,
    superseded_at BIGINT,
    PRIMARY KEY (number, item, version)
);

-- Who fitted what where. Not bound to numbers: a false plate is recorded too.
CREATE TABLE fittings (
    id          TEXT    NOT NULL PRIMARY KEY,
    operator_id TEXT    NOT NULL REFERENCES operators (id),
    number      TEXT    NOT NULL,
    item        INTEGER,
    verdict     TEXT    NOT NULL CHECK (verdict IN ('valid', 'replaced', 'withdrawn', 'false_tag')),
    scanned     TEXT    NOT NULL,
    vehicle_id  BIGINT  NOT NULL REFERENCES vehicles (id),
    fitted_at   BIGINT  NOT NULL,
    lat         DOUBLE PRECISION,
    lng         DOUBLE PRECISION,
    note        TEXT,
    recorded_at BIGINT  NOT NULL,
    recorded_by TEXT    NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX fittings_of_number ON fittings (number, fitted_at);
CREATE INDEX fittings_of_vehicle ON fittings (vehicle_id, fitted_at);
CREATE INDEX fittings_of_operator ON fittings (operator_id, id);

CREATE TABLE alarms (
    id            TEXT    NOT NULL PRIMARY KEY,
    operator_id   TEXT    NOT NULL REFERENCES operators (id),
    kind          TEXT    NOT NULL,
    number        TEXT    NOT NULL,
    item          INTEGER,
    vehicle_id    BIGINT  REFERENCES vehicles (id),
    fitting_id    TEXT    REFERENCES fittings (id),
    raised_at     BIGINT  NOT NULL,
    settled_at    BIGINT,
    settled_by    TEXT,
    settlement    TEXT
);
CREATE INDEX alarms_of_operator ON alarms (operator_id, id);
CREATE INDEX alarms_of_number ON alarms (number);
