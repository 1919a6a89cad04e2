-- Answers are encrypted: to try to compress them costs time and gains nothing. One of ordinary length stays in its row.
ALTER TABLE lookups ALTER COLUMN answer_sealed SET STORAGE EXTERNAL;
ALTER TABLE lookups SET (toast_tuple_target = 8160);
-- Found by their rides only. The key of three texts was as large as the rows.
ALTER TABLE lookup_rides DROP CONSTRAINT lookup_rides_pkey;
CREATE INDEX lookup_rides_of_ride ON lookup_rides (ride_id);
