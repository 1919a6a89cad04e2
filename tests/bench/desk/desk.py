"""Fills a registry with scooters and rides, and measures its lookups beside pgbench, round about.

usage: desk.py SERVER LOAD POSTGRES_URL RIDES ROUNDS SECONDS
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import service

LETTERS, SERIALS = "AB", 99_999
# Rides begin on 1 July 2026 and follow each other every two hours; each lasts 20 minutes.
FIRST, EVERY, LASTS = 1_782_864_000_000, 7_200_000, 1_200_000
PGBENCH_TRANSACTION = """\\set serial random(1, 99999)
\\set at random({first}, {last})
BEGIN;
SELECT r.ride_id, r.operator_id, r.started_at, r.ended_at FROM plates p JOIN rides r ON r.vehicle_id = p.vehicle_id
    AND r.started_at <= :at AND r.started_at > :at - 86400000
    WHERE p.number = 'A' || lpad(:serial::text, 5, '0') AND p.superseded_at IS NULL ORDER BY r.started_at DESC LIMIT 1;
INSERT INTO pgbench_asked (plate, at, asked_at) VALUES ('A' || lpad(:serial::text, 5, '0'), :at, now());
COMMIT;
"""


def founded(program, environment, database):
    """Operators, letters, fleets; returns an officer's key."""
    server = service.Server(program, environment)
    regulator = service.Person(server, service.first_key(program, environment, "--role", "regulator"))
    officer = service.first_key(program, environment, "--role", "officer", "--authority", "Police of Almaty")
    for place, letter in enumerate(LETTERS):
        operator = service.admitted(server, regulator, letter, place)
        service.enroll(operator, (f"{letter}-{serial}" for serial in range(1, SERIALS + 1)))
        # Or the next list would be looked up as if the tables were still empty.
        database.run("ANALYZE")
    server.end()
    return officer


class Postgres:
    name = "PostgreSQL"

    def __init__(self, url, name):
        subprocess.run([os.environ["PSQL"], "-qX", url, "-c", f"CREATE DATABASE {name}"], check=True)
        self.url = urllib.parse.urlparse(url)._replace(path=f"/{name}").geturl()

    def run(self, *statements):
        for statement in statements:
            subprocess.run([os.environ["PSQL"], "-qX", "-v", "ON_ERROR_STOP=1", self.url, "-c", statement], check=True)

    def number(self, statement):
        told = subprocess.run([os.environ["PSQL"], "-qXAt", self.url, "-c", statement], check=True, capture_output=True, text=True)
        return int(told.stdout)

    def fill(self, rides):
        each = rides // (len(LETTERS) * SERIALS)
        columns = f"""v.id, {FIRST} + h * {EVERY}::bigint + v.id % 3000 * 1000, v.operator_id, v.id || '-' || h, 1,
            {FIRST} + h * {EVERY}::bigint + v.id % 3000 * 1000 + {LASTS}, 43.24, 76.9, 43.25, 76.91, 'rider', NULL, NULL,
            {FIRST} + h * {EVERY}::bigint + {EVERY}, NULL, false, true"""
        self.run(
            f"INSERT INTO rides SELECT {columns} FROM vehicles v, generate_series(0, {each}) h ORDER BY 1, 2",
            "CREATE TABLE pgbench_asked (id bigserial PRIMARY KEY, plate text, at bigint, asked_at timestamptz)",
            "VACUUM ANALYZE",
            "CHECKPOINT",
        )
        return each

    def pgbench(self, script, clients, seconds):
        told = subprocess.run(
            [os.environ["PGBENCH"], "-n", "-f", script, "-c", str(clients), "-j", "2", "-T", str(seconds), self.url],
            check=True, capture_output=True, text=True,
        ).stdout
        return next(float(line.split()[2]) for line in told.splitlines() if line.startswith("tps"))


class Sqlite:
    name = "SQLite"

    def __init__(self, directory):
        self.path = directory / "registry.db"
        self.url = f"sqlite:{self.path}"

    def run(self, *statements):
        import sqlite3

        with sqlite3.connect(self.path) as connection:
            for statement in statements:
                connection.execute(statement)

    def number(self, statement):
        import sqlite3

        with sqlite3.connect(self.path) as connection:
            return connection.execute(statement).fetchone()[0]

    def fill(self, rides):
        each = rides // (len(LETTERS) * SERIALS)
        self.run(
            f"""WITH RECURSIVE hours(h) AS (SELECT 0 UNION ALL SELECT h + 1 FROM hours WHERE h < {each})
            INSERT INTO rides SELECT v.id, {FIRST} + h * {EVERY} + v.id % 3000 * 1000, v.operator_id, v.id || '-' || h, 1,
            {FIRST} + h * {EVERY} + v.id % 3000 * 1000 + {LASTS}, 43.24, 76.9, 43.25, 76.91, 'rider', NULL, NULL,
            {FIRST} + h * {EVERY} + {EVERY}, NULL, 0, 1, '' FROM vehicles v, hours ORDER BY 1, 2""",
            "ANALYZE",
        )
        return each


def load(program, server, key, each, *more):
    told = subprocess.run(
        [program, server.address, key, "--letters", LETTERS, "--serials", str(SERIALS), "--from", str(FIRST), "--to",
         str(FIRST + each * EVERY), *map(str, more)],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(told)


def spread(name, values, bar=None, unit=""):
    values = sorted(values)
    median = values[len(values) // 2]
    told = f"{name:64} median {median:9.2f}{unit}, {values[0]:9.2f} to {values[-1]:9.2f}"
    if bar is not None:
        sign, limit = bar
        reached = median >= limit if sign == ">=" else median <= limit
        told += f"   bar {sign} {limit}: {'reached' if reached else 'MISSED'}"
    print(told, flush=True)
    return median


def environment_of(database, directory, **more):
    settings = {
        "DATABASE__URL": database.url, "SECRETS__DIRECTORY": str(directory / "secrets"), "SERVER__LISTEN": "127.0.0.1:0",
        "SERVER__LOOKUPS_PER_MINUTE": "0", "SERVER__PUBLIC_PAGES_PER_MINUTE": "0", "SERVER__WORKERS": "2", "LOG__FILTER": "warn", **more,
    }
    (directory / "secrets").mkdir(mode=0o700, exist_ok=True)
    return os.environ | {f"SCOOTER_REGISTRY__{key}": value for key, value in settings.items()}


def on_postgres(program, loader, url, rides, rounds, seconds, directory):
    database = Postgres(url, "desk")
    environment = environment_of(database, directory)
    key = founded(program, environment, database)
    each = database.fill(rides)
    script = directory / "transaction.sql"
    script.write_text(PGBENCH_TRANSACTION.format(first=FIRST, last=FIRST + each * EVERY))
    server = service.Server(program, environment)
    load(loader, server, key, each, "--seconds", 2)
    before, answered = database.number("SELECT size FROM log_head"), 0
    ratios, most = {}, []
    for clients in (32, 256):
        ratios[clients] = []
        for _ in range(rounds):
            told = load(loader, server, key, each, "--connections", clients, "--seconds", seconds)
            theirs = database.pgbench(script, clients, seconds)
            answered += told["answered"]
            ratios[clients].append(told["per_second"] / theirs)
            most.append(theirs)
            print(f"{clients:4} clients: ours {told['per_second']:9.0f}/s (p50 {told['p50_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms), "
                  f"pgbench {theirs:9.0f}/s, {told['by_status']} {told['by_verdict']}", flush=True)
    spread("lookups/s ÷ pgbench, 32 clients", ratios[32], (">=", 2.5))
    spread("lookups/s ÷ pgbench, 256 clients", ratios[256], (">=", 5.0))
    late = []
    for _ in range(rounds):
        told = load(loader, server, key, each, "--connections", 512, "--seconds", seconds, "--rate", 1.5 * max(most))
        answered += told["answered"]
        late.append(told["p99_ms"])
    spread(f"p99 at an offered {1.5 * max(most):.0f}/s", late, ("<=", 25.0), " ms")
    durable = database.number("SELECT size FROM log_head") - before
    print(f"answered {answered}, entries {durable}: {'the same' if answered == durable else 'NOT THE SAME'}")
    server.end()
    return answered == durable


def on_sqlite(program, loader, rides, rounds, seconds, directory):
    database = Sqlite(directory)
    key = founded(program, environment_of(database, directory), database)
    each = database.fill(rides)
    ratios = []
    for _ in range(rounds):
        rates = []
        for most in ("512", "1"):
            server = service.Server(program, environment_of(database, directory, SERVER__LOOKUPS_A_TRANSACTION=most))
            load(loader, server, key, each, "--seconds", 1)
            rates.append(load(loader, server, key, each, "--connections", 64, "--seconds", seconds)["per_second"])
            server.end()
        print(f"SQLite, 64 clients: gathered {rates[0]:9.0f}/s, a transaction for each {rates[1]:9.0f}/s", flush=True)
        ratios.append(rates[0] / rates[1])
    spread("SQLite: lookups/s ÷ a transaction for each, 64 clients", ratios, (">=", 5.0))


def main(program, loader, url, rides, rounds, seconds):
    sound = True
    with tempfile.TemporaryDirectory() as directory:
        sound = on_postgres(program, loader, url, rides, rounds, seconds, pathlib.Path(directory))
    with tempfile.TemporaryDirectory() as directory:
        on_sqlite(program, loader, rides, rounds, seconds, pathlib.Path(directory))
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7]))
