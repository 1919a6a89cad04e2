"""Servers that come back where they were, and who sees to it that they have to."""

import random
import signal
import threading
import time

import service

# One connection that is at work, or any if none is; or any at all.
TERMINATE = """SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY {first} random() LIMIT 1) one"""
FIRST = ("(state = 'idle'),", "")
STARTS = 10


class Station:
    """A server with a port and secrets of its own."""

    def __init__(self, program, database, directory, **more):
        self.program, self.database, self.directory, self.more = program, database, directory, more
        # Below the ports that the system gives to callers, which would take it while the server is away.
        self.address = f"127.0.0.1:{random.SystemRandom().randrange(20_000, 32_000)}"
        self.environment = service.settings(database, directory, SERVER__LISTEN=self.address, JOBS__LEASE_S="10", **more)
        self.log = directory / "log"
        self.died = []

    def start(self, **once):
        """Starts it; `once` are settings for this start only."""
        environment = self.environment | {f"SCOOTER_REGISTRY__{key}": value for key, value in once.items()}
        with open(self.log, "a") as log:
            self.server = service.Server(self.program, environment, log)
        return self

    def kill(self):
        if (code := self.server.process.poll()) is not None:
            self.died.append(f"the server at {self.address} had ended by itself with {code}")
        self.server.end(signal.SIGKILL)

    def end(self):
        self.server.end()

    def faults(self):
        """What it logged as an error, but for what it could not help: that it was busy, or the database went away."""
        lines = (line for line in self.log.read_text().splitlines() if " ERROR " in line)
        return [line for line in lines if 'problem="busy"' not in line and "the connection to the database was lost" not in line]


class Disturber:
    """Kills one server after the other every few seconds, and meanwhile terminates connections to the database."""

    def __init__(self, stations, database):
        self.stations, self.database = stations, database
        self.kills, self.terminated, self.failed_starts, self.slowest_start = 0, 0, 0, 0.0
        self.over, self.wrong = threading.Event(), []
        self.threads = [threading.Thread(target=self.again_and_again, args=(self.replace, 2, 5), daemon=True)]
        if database.name == "PostgreSQL":
            self.threads.append(threading.Thread(target=self.again_and_again, args=(self.terminate, 0.2, 1.2), daemon=True))

    def again_and_again(self, deed, least, most):
        try:
            while not self.over.wait(random.uniform(least, most)):
                deed()
        except Exception as error:
            self.wrong.append(f"whoever disturbs stopped: {error!r}")

    def terminate(self):
        self.terminated += self.database.number(TERMINATE.format(first=random.choice(FIRST)))

    def replace(self):
        station = random.choice(self.stations)
        station.kill()
        self.kills += 1
        time.sleep(random.uniform(0.1, 1))
        self.restart(station)
        self.slowest_start = max(self.slowest_start, station.server.ready_s)

    def restart(self, station):
        """A start whose connection is cut fails, and whoever watches over servers tries again."""
        for _ in range(STARTS):
            try:
                return station.start()
            except ChildProcessError:
                self.failed_starts += 1
        raise ChildProcessError(f"the server at {station.address} did not start in {STARTS} attempts")

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
