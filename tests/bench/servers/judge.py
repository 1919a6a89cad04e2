"""What was acknowledged, held against what the database keeps."""

import subprocess
import time

# Each counts what must not be.
OF_ANSWERS = (
    ("answers that were given a lookup twice", "SELECT count(*) - count(DISTINCT id) FROM acknowledged"),
    ("places in the log that were given twice", "SELECT count(*) - count(DISTINCT idx) FROM acknowledged"),
    ("answers without their kept lookup",
     "SELECT count(*) FROM acknowledged a LEFT JOIN lookups l ON l.id = a.id AND l.log_index = a.idx WHERE l.id IS NULL"),
    ("answers without their entry", "SELECT count(*) FROM acknowledged a LEFT JOIN asked e ON e.idx = a.idx WHERE e.idx IS NULL"),
    ("answers beyond the entries",
     "SELECT CASE WHEN a.n > e.n THEN a.n - e.n ELSE 0 END FROM (SELECT count(*) n FROM acknowledged) a, (SELECT count(*) n FROM asked) e"),
    ("kept lookups without their entry",
     "SELECT count(*) FROM lookups l LEFT JOIN asked e ON e.idx = l.log_index WHERE e.idx IS NULL"),
    ("entries of lookups without a kept lookup",
     "SELECT count(*) FROM asked e LEFT JOIN lookups l ON l.log_index = e.idx WHERE l.id IS NULL"),
    ("entries that two lookups share", "SELECT count(*) - count(DISTINCT log_index) FROM lookups"),
    ("rides shown by no kept lookup",
     "SELECT count(*) FROM lookup_rides r LEFT JOIN lookups l ON l.id = r.lookup_id WHERE l.id IS NULL"),
    ("rides that a lookup shows twice", """SELECT count(*) FROM (SELECT lookup_id FROM lookup_rides GROUP BY lookup_id, operator_id, ride_id
        HAVING count(*) > 1) twice"""),
    ("entries beside the size of the log",
     "SELECT abs(h.size - e.n) + abs(h.size - 1 - e.last) FROM log_head h, (SELECT count(*) n, max(idx) last FROM log_entries) e"),
)
OF_NUMBERS = (
    ("numbers on two scooters", """SELECT count(*) FROM (SELECT number FROM plates WHERE superseded_at IS NULL
        GROUP BY number HAVING count(DISTINCT vehicle_id) > 1) twice"""),
    ("scooters with two numbers", """SELECT count(*) FROM (SELECT vehicle_id FROM plates WHERE superseded_at IS NULL
        GROUP BY vehicle_id HAVING count(DISTINCT number) > 1) twice"""),
    ("numbers that nobody bears", "SELECT count(*) FROM numbers n LEFT JOIN plates p ON p.number = n.number WHERE p.number IS NULL"),
    ("serials left out", "SELECT COALESCE(sum(most - n), 0) FROM (SELECT max(serial) most, count(*) n FROM numbers GROUP BY letter) s"),
    ("letters whose next serial is not the next", """SELECT count(*) FROM series JOIN (SELECT letter, max(serial) most FROM numbers
        GROUP BY letter) n ON n.letter = series.letter WHERE next_serial <> most + 1"""),
    ("numbers told to operators that are not on record", """SELECT count(*) FROM told t LEFT JOIN vehicles v ON v.device_id = t.device_id
        LEFT JOIN plates p ON p.vehicle_id = v.id AND p.number = t.number WHERE p.number IS NULL"""),
)
OF_JOBS = (
    ("jobs without an end", "SELECT count(*) FROM jobs WHERE ended_at IS NULL"),
    ("jobs that failed", "SELECT count(*) FROM jobs WHERE failure IS NOT NULL"),
    ("lists that were not committed", "SELECT count(*) FROM fleet_imports WHERE status <> 'committed'"),
    ("lists not taken in exactly once",
     "SELECT abs((SELECT count(*) FROM fleet_imports) - (SELECT count(*) FROM log_entries WHERE {action} = 'import'))"),
    ("print jobs that were not done", "SELECT count(*) FROM print_jobs WHERE status <> 'done'"),
    # One entry of the order, one of its end.
    ("print jobs not done exactly once",
     "SELECT abs(2 * (SELECT count(*) FROM print_jobs) - (SELECT count(*) FROM log_entries WHERE {action} = 'print'))"),
)
OF_KEYS = (
    ("lists beside their idempotency keys", "SELECT abs(count(*) - {lists}) FROM fleet_imports"),
    ("print jobs beside their keys", "SELECT abs(count(*) - {prints}) FROM print_jobs"),
    ("replaced plates beside their keys", "SELECT abs(count(*) - {replacements}) FROM plate_items"),
    ("keys under which two plates were made",
     "SELECT count(*) FROM (SELECT note FROM plate_items GROUP BY note HAVING count(*) > 1) twice"),
)


def zero(name, count):
    """Prints what should be 0, and returns it."""
    print(f"{name}: {count}" + (" WRONG" if count else ""), flush=True)
    return count


def wait_for_jobs(database, seconds):
    """Waits until no job is left, at most so long: a dead worker's lease has to run out first."""
    until = time.monotonic() + seconds
    while database.number("SELECT count(*) FROM jobs WHERE ended_at IS NULL") and time.monotonic() < until:
        time.sleep(0.5)


def verified(program, stations):
    """Lets `log verify` recompute the log with each server's secrets: each signer is to vouch for the same one."""
    unsound = 0
    for station in stations:
        told = subprocess.run([program, "log", "verify"], env=station.environment, capture_output=True, text=True)
        print(told.stdout + told.stderr, end="", flush=True)
        unsound += told.returncode != 0 or "\nclean: " not in told.stdout
    return zero("signers by whose account the log is not sound", unsound)


def prepare(database, journals, told=()):
    """Makes tables of what was acknowledged: one line of a journal is id and place, with a tab between."""
    database.run(
        "CREATE TABLE acknowledged (id text, idx bigint)",
        f"CREATE TABLE asked AS SELECT idx FROM log_entries WHERE {database.action} = 'lookup'",
        "CREATE TABLE told (device_id text, number text)",
    )
    for journal in journals:
        database.load("acknowledged", journal)
    if told:
        path = journals[0].with_name("told")
        path.write_text("".join(f"{device}\t{number}\n" for device, number in told))
        database.load("told", path)
    database.run("CREATE INDEX acknowledged_id ON acknowledged (id)", "CREATE INDEX asked_idx ON asked (idx)", "ANALYZE")


def judge(database, statements, **numbers):
    """Prints each count, and returns their sum."""
    return sum(zero(name, database.number(statement.format(action=database.action, **numbers))) for name, statement in statements)
