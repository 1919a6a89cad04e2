-- Long rides that are no longer believed: a lookup tells of those that touched its window, and must not read a month of a
-- scooter's rides to find that there are none.
CREATE INDEX rides_long_superseded ON rides (vehicle_id, started_at) WHERE long AND superseded_at IS NOT NULL;
