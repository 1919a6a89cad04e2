-- Kept answers are encrypted: trying to compress them costs time and gains nothing.
-- SQLite never tries.
SELECT 1;
