-- An order is accepted as a whole in one short transaction: its plates stand here, a thousand numbers a row, until they are
-- recorded one by one in print_job_items, which takes long for a hundred thousand. A row goes with the transaction that
-- records its plates; what is left of a job that ended before was never recorded by plate.
CREATE TABLE print_job_order_parts (
    job_id TEXT   NOT NULL REFERENCES print_jobs (id),
    -- The how manieth number of the order is the first here, from zero.
    first  BIGINT NOT NULL,
    -- A line a number: the number, then the item of each position that is printed, in their order, with spaces between.
    plates TEXT   NOT NULL,
    PRIMARY KEY (job_id, first)
);
