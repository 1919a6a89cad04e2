-- Kept answers are encrypted: trying to compress them costs time and gains nothing.
ALTER TABLE lookups ALTER COLUMN answer_sealed SET STORAGE EXTERNAL;
