"""Measures starts, memory and size.

usage: small.py SERVER LOAD POSTGRES_URL STARTS SECONDS
"""

import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import figures
import loading
import service
from databases import Postgres, Sqlite

PART = "small"
LETTER, SERIALS, TURNS = "A", 10_000, 20
# What every program is bound to on Linux: the C library and what belongs to it.
OF_C = ("linux-vdso", "ld-linux", "libc.so", "libm.so", "libgcc_s.so", "libpthread.so", "libdl.so", "librt.so")


def started(program, environment, starts):
    """How many milliseconds each start took."""
    took = []
    for _ in range(starts):
        server = service.Server(program, environment)
        took.append(server.ready_s * 1000)
        server.end()
    return took


def remembered(program, environment, load, seconds):
    """MiB after a while with nobody there, and once more after a burst."""
    server = service.Server(program, environment)
    time.sleep(seconds)
    idle = server.status("VmRSS")
    load.ask(server.address, connections=256, seconds=seconds)
    time.sleep(seconds)
    after, most = server.status("VmRSS"), server.status("VmHWM")
    server.end()
    return idle, most, after


def on(database, program, loader, starts, seconds, directory):
    # Threads as many as the settings say.
    environment = service.settings(database, directory, SERVER__WORKERS="4")
    officer, _ = service.founded(program, environment, database, LETTER, SERIALS)
    database.fill(TURNS)
    figures.tell(PART, f"start to ready, {database.name}", started(program, environment, starts), "<= 200", "ms")
    load = loading.Load(loader, officer, LETTER, SERIALS, TURNS)
    idle, most, after = remembered(program, environment, load, seconds)
    figures.tell(PART, f"idle memory, {database.name}", idle, "<= 48", "MiB")
    figures.tell(PART, f"idle memory after a burst of lookups, {database.name}", after, "<= 48", "MiB")
    figures.tell(PART, f"most memory in the burst, {database.name}", most, unit="MiB")


def main(program, loader, url, starts, seconds):
    figures.tell(PART, "release program", pathlib.Path(program).stat().st_size / 2**20, unit="MiB")
    bound = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout.splitlines()
    others = [line.strip() for line in bound if not any(name in line for name in OF_C)]
    print(f"bound to {[line.split()[0] for line in bound]}")
    figures.tell(PART, "system libraries beside those of C", len(others), "= 0")
    for kind in (Sqlite, Postgres):
        with tempfile.TemporaryDirectory() as place:
            directory = pathlib.Path(place)
            database = Postgres(url, "small") if kind is Postgres else Sqlite(directory)
            on(database, program, loader, starts, seconds, directory)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), float(sys.argv[5]))
