DROP INDEX lookup_rides_of_ride;
ALTER TABLE lookup_rides ADD PRIMARY KEY (operator_id, ride_id, lookup_id);
ALTER TABLE lookups RESET (toast_tuple_target);
ALTER TABLE lookups ALTER COLUMN answer_sealed SET STORAGE EXTENDED;
