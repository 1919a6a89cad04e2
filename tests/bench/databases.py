"""The two databases, for the benches: filled with rides, asked with SQL, and given lines of a file."""

import csv
import os
import sqlite3
import subprocess
import urllib.parse

# Rides begin on 1 July 2026 and follow each other every two hours; each lasts 20 minutes.
FIRST, EVERY, LASTS = 1_782_864_000_000, 7_200_000, 1_200_000
# One ride for each scooter and turn, all of the past and complete.
RIDES = """INSERT INTO rides SELECT v.id, {first} + h * CAST({every} AS bigint) + v.id % 3000 * 1000, v.operator_id, v.id || '-' || h, 1,
    {first} + h * CAST({every} AS bigint) + v.id % 3000 * 1000 + {lasts}, 43.24, 76.9, 43.25, 76.91, 'rider', NULL, NULL,
    {first} + h * CAST({every} AS bigint) + {every}, NULL, false, true, '' FROM vehicles v, turns ORDER BY 1, 2"""


class Postgres:
    name = "PostgreSQL"
    action = "(convert_from(entry, 'UTF8')::json ->> 'action')"

    def __init__(self, url, name):
        subprocess.run([os.environ["PSQL"], "-qX", url, "-c", f"CREATE DATABASE {name}"], check=True)
        self.url = urllib.parse.urlparse(url)._replace(path=f"/{name}").geturl()

    def psql(self, *statements):
        arguments = [part for statement in statements for part in ("-c", statement)]
        told = subprocess.run([os.environ["PSQL"], "-qXAt", "-v", "ON_ERROR_STOP=1", self.url, *arguments],
                              check=True, stdout=subprocess.PIPE, text=True)
        return told.stdout

    def run(self, *statements):
        for statement in statements:
            self.psql(statement)

    def number(self, statement):
        return int(self.psql(statement).strip() or 0)

    def load(self, table, path):
        """Adds the lines of a file with tabs between their columns."""
        self.psql(f"\\copy {table} FROM '{path}'")

    def fill(self, turns):
        rides = RIDES.format(first=FIRST, every=EVERY, lasts=LASTS)
        self.run(rides.replace("turns", f"generate_series(0, {turns - 1}) h"), "VACUUM ANALYZE", "CHECKPOINT")


class Sqlite:
    name = "SQLite"
    action = "json_extract(CAST(entry AS text), '$.action')"

    def __init__(self, directory):
        self.path = directory / "registry.db"
        self.url = f"sqlite:{self.path}"

    def run(self, *statements):
        with sqlite3.connect(self.path, timeout=60) as connection:
            for statement in statements:
                connection.execute(statement)

    def number(self, statement):
        with sqlite3.connect(self.path, timeout=60) as connection:
            return connection.execute(statement).fetchone()[0] or 0

    def load(self, table, path):
        with sqlite3.connect(self.path, timeout=60) as connection, open(path, newline="") as file:
            columns = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
            places = ", ".join("?" * columns)
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", csv.reader(file, delimiter="\t"))

    def fill(self, turns):
        rides = RIDES.format(first=FIRST, every=EVERY, lasts=LASTS)
        counted = f"WITH RECURSIVE turns (h) AS (SELECT 0 UNION ALL SELECT h + 1 FROM turns WHERE h < {turns - 1}) "
        self.run(counted + rides, "ANALYZE")
