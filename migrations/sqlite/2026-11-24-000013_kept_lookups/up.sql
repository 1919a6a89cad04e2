-- Found by their rides only. The key of three texts was as large as the rows.
CREATE TABLE lookup_rides_by_ride (
    operator_id TEXT    NOT NULL,
    ride_id     TEXT    NOT NULL,
    lookup_id   TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    asked_at    BIGINT  NOT NULL
);
INSERT INTO lookup_rides_by_ride SELECT operator_id, ride_id, lookup_id, version, asked_at FROM lookup_rides;
DROP TABLE lookup_rides;
ALTER TABLE lookup_rides_by_ride RENAME TO lookup_rides;
CREATE INDEX lookup_rides_of_ride ON lookup_rides (ride_id);
