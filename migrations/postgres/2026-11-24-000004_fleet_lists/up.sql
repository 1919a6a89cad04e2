-- What an upload would change, field by field, and which vehicles it does not name, as JSON: told when it was checked,
-- and anew when it was committed.
ALTER TABLE fleet_imports ADD COLUMN diff TEXT;
