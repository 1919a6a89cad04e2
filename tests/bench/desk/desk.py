"""Fills registries with scooters and rides, and measures their lookups beside pgbench, round about.

usage: desk.py SERVER LOAD POSTGRES_URL RIDES[,RIDES] ROUNDS SECONDS
"""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import figures
import loading
import service
from databases import EVERY, FIRST, Postgres, Sqlite

LETTERS, SERIALS = "AB", 99_999
PGBENCH_TRANSACTION = """\\set serial random(1, {serials})
\\set at random({first}, {last})
BEGIN;
SELECT r.ride_id, r.operator_id, r.started_at, r.ended_at FROM plates p JOIN rides r ON r.vehicle_id = p.vehicle_id
    AND r.started_at <= :at AND r.started_at > :at - 86400000
    WHERE p.number = 'A' || lpad(:serial::text, 5, '0') AND p.superseded_at IS NULL ORDER BY r.started_at DESC LIMIT 1;
INSERT INTO pgbench_asked (plate, at, asked_at) VALUES ('A' || lpad(:serial::text, 5, '0'), :at, now());
COMMIT;
"""


def filled(program, loader, environment, database, rides):
    """Returns what asks about a fleet with so many rides."""
    serials = min(SERIALS, rides // len(LETTERS))
    key, _ = service.founded(program, environment, database, LETTERS, serials)
    turns = rides // (len(LETTERS) * serials)
    database.fill(turns)
    return loading.Load(loader, key, LETTERS, serials, turns)


class Town:
    """A registry on PostgreSQL at work, with so many rides, and pgbench beside it."""

    def __init__(self, program, loader, url, rides, directory):
        self.rides = f"{rides // 1_000_000} M" if rides % 1_000_000 == 0 else str(rides)
        self.database = Postgres(url, f"desk_{rides}")
        environment = service.settings(self.database, directory)
        self.load = filled(program, loader, environment, self.database, rides)
        self.database.run("CREATE TABLE pgbench_asked (id bigserial PRIMARY KEY, plate text, at bigint, asked_at timestamptz)")
        self.script = directory / "transaction.sql"
        last = FIRST + self.load.turns * EVERY
        self.script.write_text(PGBENCH_TRANSACTION.format(serials=self.load.serials, first=FIRST, last=last))
        self.server = service.Server(program, environment)
        self.load.ask(self.server.address, seconds=2)
        self.before, self.answered, self.most = self.entries(), 0, 0

    def entries(self):
        return self.database.number("SELECT size FROM log_head")

    def ask(self, **orders):
        told = self.load.ask(self.server.address, **orders)
        self.answered += told["answered"]
        return told

    def beside(self, clients, seconds):
        """Our lookups a second, and pgbench's transactions."""
        ours = self.ask(connections=clients, seconds=seconds)
        told = subprocess.run(
            [os.environ["PGBENCH"], "-n", "-f", self.script, "-c", str(clients), "-j", "2", "-T", str(seconds), self.database.url],
            check=True, capture_output=True, text=True,
        ).stdout
        theirs = next(float(line.split()[2]) for line in told.splitlines() if line.startswith("tps"))
        self.most = max(self.most, theirs)
        print(f"{self.rides} rides, {clients:4} clients: ours {ours['per_second']:8.0f}/s (p50 {ours['p50_ms']:.1f} ms, p99 "
              f"{ours['p99_ms']:.1f} ms), pgbench {theirs:8.0f}/s, {ours['by_status']} {ours['by_verdict']}", flush=True)
        return ours["per_second"], theirs

    def is_counted(self):
        """Whether there are as many entries as answers; ends the server."""
        self.server.end()
        durable = self.entries() - self.before
        return figures.tell("desk", f"answers without an entry, or entries without an answer, of {self.answered} ({self.rides} rides)",
                            abs(self.answered - durable), "= 0")


def on_postgres(towns, rounds, seconds):
    for clients, bar in ((32, 2.5), (256, 5.0)):
        found = [[] for _ in towns]
        for _ in range(rounds):
            for town, rates in zip(towns, found):
                rates.append(town.beside(clients, seconds))
        for town, rates in zip(towns, found):
            ratios = [ours / theirs for ours, theirs in rates]
            figures.tell("desk", f"lookups/s ÷ pgbench, {clients} clients, {town.rides} rides", ratios, f">= {bar}")
        if len(towns) > 1:
            ratios = [large[0] / small[0] for small, large in zip(found[0], found[-1])]
            figures.tell("desk", f"lookups/s at {towns[-1].rides} ÷ at {towns[0].rides} rides, {clients} clients", ratios, ">= 0.85")
    for town in towns:
        rate = 1.5 * town.most
        late = [town.ask(connections=512, seconds=seconds, rate=rate)["p99_ms"] for _ in range(rounds)]
        name = f"p99 at an offered {rate:.0f}/s, 1.5 × pgbench's most, {town.rides} rides"
        figures.tell("desk", name, late, "<= 25", "ms")
    # Every one of them is told.
    return all([town.is_counted() for town in towns])


def on_sqlite(program, loader, rides, rounds, seconds, directory):
    database = Sqlite(directory)
    load = filled(program, loader, service.settings(database, directory), database, rides)
    ratios = []
    for _ in range(rounds):
        rates = []
        for most in ("512", "1"):
            server = service.Server(program, service.settings(database, directory, SERVER__LOOKUPS_A_TRANSACTION=most))
            load.ask(server.address, seconds=1)
            rates.append(load.ask(server.address, connections=64, seconds=seconds)["per_second"])
            server.end()
        print(f"SQLite, 64 clients: gathered {rates[0]:9.0f}/s, a transaction for each {rates[1]:9.0f}/s", flush=True)
        ratios.append(rates[0] / rates[1])
    figures.tell("desk", "SQLite: lookups/s ÷ a transaction for each, 64 clients", ratios, ">= 5.0")


def main(program, loader, url, sizes, rounds, seconds):
    sizes = [int(size) for size in sizes.split(",")]
    with tempfile.TemporaryDirectory() as directory:
        places = [pathlib.Path(directory) / str(size) for size in sizes]
        sound = on_postgres([Town(program, loader, url, size, place) for size, place in zip(sizes, places)], rounds, seconds)
    with tempfile.TemporaryDirectory() as directory:
        on_sqlite(program, loader, sizes[0], rounds, seconds, pathlib.Path(directory))
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main(*sys.argv[1:5], *map(int, sys.argv[5:7]))
