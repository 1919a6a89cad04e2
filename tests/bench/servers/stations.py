"""Servers that come back where they were, and who sees to it that they have to."""

import random
import signal
import threading
import time

import service

TERMINATE = """SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 1) one"""


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
        """What it logged as an error, but for what it could not help: that the database went away."""
        lines = (line for line in self.log.read_text().splitlines() if " ERROR " in line)
        return [line for line in lines if 'problem="busy"' not in line]


class Disturber(threading.Thread):
    """Kills one server after the other, and terminates connections to the database."""

    def __init__(self, stations, database):
        super().__init__(daemon=True)
        self.stations, self.database = stations, database
        self.over, self.kills, self.terminated, self.slowest_start = threading.Event(), 0, 0, 0.0
        self.wrong = []

    def run(self):
        try:
            while not self.over.wait(random.uniform(1, 3)):
                self.terminate()
                if self.over.wait(random.uniform(1, 3)):
                    break
                self.replace(random.choice(self.stations))
        except Exception as error:
            self.wrong.append(f"whoever disturbs stopped: {error!r}")

    def terminate(self):
        if self.database.name == "PostgreSQL":
            self.terminated += self.database.number(TERMINATE)

    def replace(self, station):
        station.kill()
        self.kills += 1
        time.sleep(random.uniform(0.1, 1))
        station.start()
        self.slowest_start = max(self.slowest_start, station.server.ready_s)

    def stop(self):
        self.over.set()
        self.join()
