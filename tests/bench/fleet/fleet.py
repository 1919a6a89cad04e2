"""Uploads a long fleet list to a registry, beside \\copy of the same file.

usage: fleet.py SERVER POSTGRES_URL ROWS ROUNDS
"""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import figures
import service
from databases import Postgres

PART = "fleet"
COPIED = """CREATE TABLE listed (device_id text PRIMARY KEY, make text, model text, year integer, colour text, serial_number text)"""
# Seven symbols are wider than six: the same sizes as in config/sparse-19.toml.
SPARSE = {"REGISTRY__SCHEME": "sparse-19", "PLATES__REAR__NUMBER_MM": "14.4", "PLATES__SIDE__NUMBER_MM": "9"}


def listed(path, rows):
    with open(path, "w") as file:
        file.write("device_id,make,model,year,colour,serial_number\n")
        for row in range(rows):
            file.write(f"scooter-{row * 7919 % rows:07},Ninebot,Max,2025,green,SN-{row:08}\n")


def taken(url, program, path, rows, place, directory):
    """Seconds for the copy, for the dry run, for the commit, and MiB at most."""
    database = Postgres(url, f"fleet_{place}")
    database.run(COPIED, "CHECKPOINT")
    began = time.perf_counter()
    database.run(f"\\copy listed FROM '{path}' csv header")
    copied = time.perf_counter() - began
    database.run("DROP TABLE listed", "CHECKPOINT")
    environment = service.settings(database, directory / str(place), **SPARSE)
    server = service.Server(program, environment)
    regulator = service.Person(server, service.first_key(program, environment, "--role", "regulator"))
    operator = service.admitted(server, regulator)
    content = path.read_bytes()
    server.forget_peak()
    began = time.perf_counter()
    looked_over = service.uploaded(operator, content, dry_run=True)
    checked = time.perf_counter() - began
    began = time.perf_counter()
    committed = service.uploaded(operator, content)
    took = time.perf_counter() - began
    most = server.status("VmHWM")
    server.end()
    numbers = database.number("SELECT count(*) FROM numbers")
    assert (looked_over["status"], committed["status"], numbers) == ("checked", "committed", rows), (looked_over, committed, numbers)
    print(f"round {place + 1}: \\copy {copied:.1f} s, dry run {checked:.1f} s, commit {took:.1f} s, "
          f"{numbers} numbers, {most:.0f} MiB", flush=True)
    return copied, checked, took, most


def main(program, url, rows, rounds):
    with tempfile.TemporaryDirectory() as place:
        directory = pathlib.Path(place)
        # What psql reads as another account.
        directory.chmod(0o755)
        path = directory / "fleet.csv"
        listed(path, rows)
        found = [taken(url, program, path, rows, round_, directory) for round_ in range(rounds)]
    ratios = [copied / (checked + took) for copied, checked, took, _ in found]
    figures.tell(PART, f"fleet list of {rows} rows, dry run and commit: rows/s ÷ \\copy", ratios, ">= 0.3")
    figures.tell(PART, "the commit alone ÷ \\copy", [copied / took for copied, _, took, _ in found])
    figures.tell(PART, "most memory of the server", [most for *_, most in found], "<= 512", "MiB")


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:5]))
