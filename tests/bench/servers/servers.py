"""Disturbs servers while they are asked, and holds what they answered against the database.

usage: servers.py SERVER LOAD killed|sqlite MINUTES POSTGRES_URL
       servers.py SERVER LOAD undisturbed QUESTIONS POSTGRES_URL
"""

import collections
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import figures
import judge
import loading
import service
from databases import Postgres, Sqlite
from issuing import CLOSED, IN_FLIGHT, Issuer
from stations import Disturber, Station

# A is asked about; the fleets of B and C grow meanwhile.
LETTERS, SERIALS, TURNS = "ABC", 5_000, 20
CONNECTIONS = 48
# From so many minutes on a million answers are expected.
LONG = 10
WRONG = "answers, entries, numbers, jobs and keys that are not as they must be"
NOT_COPIED = {"audit-log-signed.state"}


def filled(program, loader, database, directory):
    """Returns the first server's station, what asks, and the operators' keys."""
    station = Station(program, database, directory / "first")
    officer, operators = service.founded(program, station.environment, database, LETTERS, SERIALS)
    database.fill(TURNS)
    return station, loading.Load(loader, officer, LETTERS[0], SERIALS, TURNS), operators


def second(program, database, directory, first):
    """A further server as the settings describe it: the keys are copied, and its signer begins an account of its own."""
    station = Station(program, database, directory / "second")
    for key in (first.directory / "secrets").iterdir():
        if key.name not in NOT_COPIED:
            shutil.copy(key, station.directory / "secrets")
    station.start(SECRETS__ACCEPT_LOST_SIGNER_STATE="true").end()
    return station


def asked_while_disturbed(part, database, stations, load, operators, minutes, directory):
    """Returns journals, what the load generators told, and the operators."""
    for station in stations:
        station.start()
    journals = [directory / f"journal-{place}" for place in range(len(stations))]
    issuers = [Issuer(stations, place, operators[letter]) for place, letter in enumerate(LETTERS[1:])]
    disturber = Disturber(stations, database)
    asking = [load.start(station.address, connections=CONNECTIONS, seconds=minutes * 60, journal=journal)
              for station, journal in zip(stations, journals)]
    for thread in (*issuers, disturber):
        thread.start()
    told = [loading.told(one) for one in asking]
    disturber.stop()
    for issuer in issuers:
        issuer.stop()
    judge.wait_for_jobs(database, 90)
    for station in stations:
        station.end()
    seen = sum((issuer.seen for issuer in issuers), collections.Counter())
    shown = [{key: one[key] for key in ("answered", "by_status", "broken", "p99_ms", "max_ms")} for one in told]
    print(f"{disturber.kills} kills, {disturber.failed_starts} starts failed, slowest {disturber.slowest_start * 1000:.0f} ms, "
          f"{disturber.terminated} connections of PostgreSQL terminated; load {shown}; operators saw {dict(seen)}", flush=True)
    figures.tell(part, "kills", disturber.kills)
    figures.tell(part, "connections of the database terminated", disturber.terminated)
    return journals, told, issuers, disturber.wrong


def other_answers(told, issuers):
    """Counts what clients saw beside answers, 503 and closed connections."""
    others = sum(count for one in told for status, count in one["by_status"].items() if status not in ("200", "503"))
    lawful = (200, 201, 202, 503, CLOSED, IN_FLIGHT)
    others += sum(count for issuer in issuers for status, count in issuer.seen.items() if status not in lawful)
    return judge.zero("answers other than success, 503 and closed connections", others)


def killed(part, program, loader, database, minutes, directory, how_many):
    first, load, operators = filled(program, loader, database, directory)
    stations = [first] if how_many == 1 else [first, second(program, database, directory, first)]
    journals, told, issuers, wrong = asked_while_disturbed(part, database, stations, load, operators, minutes, directory)
    wrong += [text for issuer in issuers for text in issuer.wrong] + [text for station in stations for text in station.died]
    faults = [text for station in stations for text in station.faults()]
    for text in wrong + faults[:20]:
        print(f"WRONG: {text}", flush=True)
    found = [judge.verified(program, stations)]
    judge.prepare(database, journals, [line for issuer in issuers for line in issuer.told])
    keys = sum((issuer.keys for issuer in issuers), collections.Counter())
    answers = database.number("SELECT count(*) FROM acknowledged")
    figures.tell(part, "answers", answers, ">= 1000000" if minutes >= LONG else "")
    figures.tell(part, "entries of lookups", database.number("SELECT count(*) FROM asked"))
    figures.tell(part, "numbers issued meanwhile", database.number("SELECT count(*) FROM numbers") - len(LETTERS) * SERIALS)
    found += [
        judge.judge(database, judge.OF_ANSWERS + judge.OF_NUMBERS + judge.OF_JOBS),
        # Each fleet was begun by a list of its own.
        judge.judge(database, judge.OF_KEYS, lists=keys["lists"] + len(LETTERS), prints=keys["prints"], replacements=keys["replacements"]),
        other_answers(told, issuers),
        judge.zero("calls that came to something else than they should", len(wrong)),
        judge.zero("errors in the servers' logs", len(faults)),
    ]
    return figures.tell(part, WRONG, sum(found), "= 0")


def undisturbed(part, program, loader, database, questions, directory):
    station, load, _ = filled(program, loader, database, directory)
    station.start()
    size = "SELECT size FROM log_head"
    before, journal = database.number(size), directory / "journal"
    told = load.ask(station.address, connections=256, seconds=1e6, questions=questions, journal=journal)
    station.end()
    print(f"{told['per_second']:.0f}/s, {told['by_status']}, {told['by_verdict']}, broken {told['broken']}", flush=True)
    entries = database.number(size) - before
    figures.tell(part, "answers", told["answered"])
    found = [
        judge.zero("questions that were not answered", questions - told["answered"]),
        judge.zero("entries beside the answers", abs(entries - told["answered"])),
        judge.verified(program, [station]),
    ]
    judge.prepare(database, [journal])
    return figures.tell(part, WRONG, sum(found) + judge.judge(database, judge.OF_ANSWERS), "= 0")


def main(program, loader, mode, amount, url):
    databases = {"killed": [Postgres], "sqlite": [Sqlite], "undisturbed": [Postgres, Sqlite]}[mode]
    sound = True
    for kind in databases:
        part = f"servers {mode}" + (f" {kind.name}" if mode == "undisturbed" else "")
        print(f"== {part}, {amount} {'questions' if mode == 'undisturbed' else 'minutes'}", flush=True)
        with tempfile.TemporaryDirectory() as place:
            directory = pathlib.Path(place)
            database = Postgres(url, f"servers_{mode}") if kind is Postgres else Sqlite(directory)
            if mode == "undisturbed":
                sound &= undisturbed(part, program, loader, database, int(amount), directory)
            else:
                sound &= killed(part, program, loader, database, float(amount), directory, 2 if mode == "killed" else 1)
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main(*sys.argv[1:6])
