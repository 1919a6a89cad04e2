-- What looked wrong about a ride by itself stands in its own row, as names with spaces between: of a back-fill every ride is
-- reported late, and a row of its own for that cost as much as the ride. In ride_marks stays what a ride has for the sake of
-- another one.
ALTER TABLE rides ADD COLUMN marks TEXT NOT NULL DEFAULT '';
UPDATE rides SET marks = COALESCE((
    SELECT STRING_AGG(mark, ' ' ORDER BY mark) FROM (
        SELECT mark FROM ride_marks m
        WHERE m.operator_id = rides.operator_id AND m.ride_id = rides.ride_id AND m.version = rides.version
            AND m.mark <> 'overlaps'
        ORDER BY mark
    ) AS own
), '') WHERE EXISTS (
    SELECT 1 FROM ride_marks m
    WHERE m.operator_id = rides.operator_id AND m.ride_id = rides.ride_id AND m.version = rides.version
        AND m.mark <> 'overlaps'
);
DELETE FROM ride_marks WHERE mark <> 'overlaps';
