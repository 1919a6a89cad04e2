"""Measures police questions alone, and beside a crowd at the public pages.

usage: bulkheads.py SERVER LOAD POSTGRES_URL ROUNDS SECONDS
"""

import pathlib
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import figures
import loading
import service
from databases import Postgres, Sqlite

PART = "bulkheads"
LETTER, SERIALS, TURNS, PLATES = "A", 10_000, 20, 400
# Police questions a second, and over how many connections: a small part of what the desk can answer.
RATE, POLICE = 100, 16
CROWD = 512
# Telephones do not compute on this machine; the more it stands back, the less it asks while all cores are busy.
STANDS_BACK = 5
# How long the crowd is there before the police is measured, and stays after it.
AROUND_S = 1


def pages(server, key):
    """The paths behind the QR codes of some plates."""
    operator = service.Person(server, key)
    for serial in range(1, PLATES + 1):
        plate = operator.ask("GET", f"/v1/plates/{LETTER}{serial:05}")["plate"]
        yield urllib.parse.urlparse(plate["items"][0]["qr"]).path


class Crowd:
    """People at the public pages, as many a second as are told."""

    def __init__(self, load, address, paths):
        self.load, self.address, self.paths = load, address, paths

    def most(self, seconds):
        """How many pages a second can be served."""
        return self.load.ask(self.address, public=self.paths, connections=64, seconds=seconds)["per_second"]

    def begin(self, rate, seconds):
        return self.load.start(self.address, nice=STANDS_BACK, public=self.paths, connections=CROWD, rate=rate, seconds=seconds)


def police(load, address, seconds):
    told = load.ask(address, connections=POLICE, rate=RATE, seconds=seconds)
    refused = sum(count for status, count in told["by_status"].items() if status != "200") + told["broken"]
    return told, refused


def measured(load, crowd, address, name, rounds, seconds):
    most = crowd.most(seconds)
    print(f"{name}: {most:.0f} public pages a second can be served; offered are {2 * most:.0f}", flush=True)
    police(load, address, 2)
    quiet, loaded, lost = [], [], 0
    for _ in range(rounds):
        alone, refused = police(load, address, seconds)
        people = crowd.begin(2 * most, seconds + 2 * AROUND_S)
        time.sleep(AROUND_S)
        beside, refused_beside = police(load, address, seconds)
        pages = loading.told(people)
        asked = sum(pages["by_status"].values()) + pages["broken"]
        for how, told in (("alone", alone), ("beside a crowd", beside)):
            print(f"{name}: police {how}: p50 {told['p50_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms, longest {told['max_ms']:.1f} ms, "
                  f"{told['by_status']}", flush=True)
        print(f"{name}: the crowd: {asked / pages['seconds']:.0f} requests a second came to an end, {pages['per_second']:.0f} with a page, "
              f"{pages['by_status']}, broken {pages['broken']}", flush=True)
        quiet.append(alone["p99_ms"])
        loaded.append(beside["p99_ms"])
        lost += refused + refused_beside
    figures.tell(PART, f"{name}: police p99 with nobody else there", quiet, unit="ms")
    figures.tell(PART, f"{name}: police p99 beside twice the public pages that can be served", loaded, unit="ms")
    figures.tell(PART, f"{name}: their ratio", [one / other for one, other in zip(loaded, quiet)], "<= 2")
    return figures.tell(PART, f"{name}: police questions that were not answered", lost, "= 0")


def on(database, program, loader, rounds, seconds, directory):
    # With threads as they are set from the beginning, and an entrance for the public as a registry in production has.
    environment = service.settings(database, directory, SERVER__WORKERS="4", SERVER__PUBLIC_LISTEN="127.0.0.1:0")
    officer, operators = service.founded(program, environment, database, LETTER, SERIALS)
    database.fill(TURNS)
    server = service.Server(program, environment)
    paths = directory / "paths"
    paths.write_text("\n".join(pages(server, operators[LETTER])) + "\n")
    load = loading.Load(loader, officer, LETTER, SERIALS, TURNS)
    sound = measured(load, Crowd(load, server.public, paths), server.address, database.name, rounds, seconds)
    server.end()
    return sound


def main(program, loader, url, rounds, seconds):
    sound = []
    for kind in (Postgres, Sqlite):
        with tempfile.TemporaryDirectory() as place:
            directory = pathlib.Path(place)
            database = Postgres(url, "bulkheads") if kind is Postgres else Sqlite(directory)
            sound.append(on(database, program, loader, rounds, seconds, directory))
    sys.exit(0 if all(sound) else 1)


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:6]))
