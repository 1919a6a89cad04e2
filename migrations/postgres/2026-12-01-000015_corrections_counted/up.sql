-- How often rides were corrected. A lookup reads it together with the rides and records what it found only where it stands
-- there still: so the end of the log need not be held while rides are looked at once more.
ALTER TABLE log_head ADD COLUMN corrections BIGINT NOT NULL DEFAULT 0;
