CREATE TABLE lookup_rides_by_all (
    operator_id TEXT    NOT NULL,
    ride_id     TEXT    NOT NULL,
    lookup_id   TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    asked_at    BIGINT  NOT NULL,
    PRIMARY KEY (operator_id, ride_id, lookup_id)
);
INSERT INTO lookup_rides_by_all SELECT operator_id, ride_id, lookup_id, version, asked_at FROM lookup_rides;
DROP TABLE lookup_rides;
ALTER TABLE lookup_rides_by_all RENAME TO lookup_rides;
