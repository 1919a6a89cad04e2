"""A registry at work, for the benches: its server as a process of its own, and the people who talk to it."""

import atexit
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

# So that no server outlives a bench that is told to end.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Server:
    def __init__(self, program, environment, log=None):
        """`log`: an open file for what it logs."""
        began = time.perf_counter()
        self.process = subprocess.Popen([program, "serve"], env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        said = next((line for line in self.process.stdout if "http://" in line), None)
        if said is None:
            raise ChildProcessError(f"the server did not start: {self.process.wait()}")
        self.ready_s = time.perf_counter() - began
        urls = [urllib.parse.urlparse(word.rstrip(",")).netloc for word in said.split() if word.startswith("http://")]
        # Where the public has no address of its own it comes in where everybody does.
        self.address, self.public = urls[0], urls[-1]
        atexit.register(self.process.kill)
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def status(self, name):
        """What Linux says of its memory, in MiB: `VmRSS`, `VmHWM`."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()


class Person:
    def __init__(self, server, key):
        self.key = key
        self.at(server)

    def at(self, server):
        self.connection = http.client.HTTPConnection(server.address, timeout=900)

    def send(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if not isinstance(body, (bytes, type(None))):
            body, headers["content-type"] = json.dumps(body).encode(), "application/json"
        headers["authorization"] = f"Bearer {self.key}"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (ConnectionError, http.client.HTTPException):
            # The server closes what has been silent for long; nothing was begun on it.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        return answer, answer.read()

    def ask(self, method, path, body=None, **headers):
        answer, content = self.send(method, path, body, **headers)
        if answer.status >= 400:
            sys.exit(f"{method} {path}: {answer.status} {content.decode()}")
        return json.loads(content)


def settings(database, directory, **more):
    """The environment of a server on this database that asks nobody to wait; `directory` holds its secrets."""
    chosen = {
        "DATABASE__URL": database.url, "SECRETS__DIRECTORY": str(directory / "secrets"), "SERVER__LISTEN": "127.0.0.1:0",
        "SERVER__LOOKUPS_PER_MINUTE": "0", "SERVER__PUBLIC_PAGES_PER_MINUTE": "0", "SERVER__WORKERS": "2", "LOG__FILTER": "warn", **more,
    }
    (directory / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.environ | {f"SCOOTER_REGISTRY__{key}": value for key, value in chosen.items()}


def first_key(program, environment, *arguments):
    told = subprocess.run([program, "account", "create", *arguments], env=environment, capture_output=True, text=True, check=True)
    return next(word for word in told.stdout.split() if word.startswith("smr_"))


def bin_with_check_digit(stem):
    """A business identification number: the stem of eleven digits with its check digit."""

    def rest(weights):
        return sum(int(digit) * weight for digit, weight in zip(stem, weights)) % 11

    check = rest(range(1, 12))
    return stem + str(rest([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) if check == 10 else check)


def admitted(server, regulator, letter=None, place=0):
    """An operator, with this letter where numbers have one; `place` tells operators apart. Returns its person."""
    new = {"legal_name": f"ТОО Самокаты {letter}", "bin": bin_with_check_digit(f"180240000{75 + place:02}"),
           "contact_phone": "+7 700 000 00 00", "contact_email": "duty@example.kz", "custody": "deposited"}
    operator = regulator.ask("POST", "/v1/operators", new)["operator"]["id"]
    key = regulator.ask("POST", f"/v1/operators/{operator}/keys", {"name": "first", "scopes": ["series", "fleet", "plates", "policies", "sessions"]})
    person = Person(server, key["key"]["secret"])
    if letter:
        person.ask("POST", "/v1/series", {"letter": letter})
        regulator.ask("POST", f"/v1/series/{letter}/decision", {"decision": "confirm", "reason": "bench"})
    return person


def uploaded(operator, fleet, dry_run=False):
    """Uploads a fleet list; returns the import once it has ended."""
    path = f"/v1/fleet-imports?dry_run={str(dry_run).lower()}"
    found = operator.ask("POST", path, fleet, content_type="text/csv", prefer="wait=120")["import"]
    while found["status"] in ("reading", "committing"):
        time.sleep(0.25)
        found = operator.ask("GET", f"/v1/fleet-imports/{found['id']}")["import"]
    return found


def enroll(operator, devices):
    """Uploads and commits a fleet of these device ids."""
    rows = "".join(f"{device},Ninebot,Max,2025,green,SN-{device}\n" for device in devices)
    fleet = ("device_id,make,model,year,colour,serial_number\n" + rows).encode()
    found = uploaded(operator, fleet)
    assert found["status"] == "committed", found


def founded(program, environment, database, letters, serials):
    """Makes a registry with a fleet of so many scooters for each letter; returns an officer's key and the operators' keys."""
    server = Server(program, environment)
    regulator = Person(server, first_key(program, environment, "--role", "regulator"))
    officer = first_key(program, environment, "--role", "officer", "--authority", "Police of Almaty")
    keys = {}
    for place, letter in enumerate(letters):
        operator = admitted(server, regulator, letter, place)
        enroll(operator, (f"{letter}-{serial}" for serial in range(1, serials + 1)))
        cover = {"insurer": "NOMAD", "policy_number": f"P-{letter}", "valid_from": "2026-01-01", "valid_until": "2027-12-31"}
        operator.ask("POST", "/v1/policies", cover | {"vehicles": "all"})
        # Or the next list would be looked up as if the tables were still empty.
        database.run("ANALYZE")
        keys[letter] = operator.key
    server.end()
    return officer, keys
