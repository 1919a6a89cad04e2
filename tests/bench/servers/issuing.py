"""Operators that send fleet lists, replace plates and order prints at several servers at once, and repeat every call elsewhere."""

import collections
import concurrent.futures
import csv
import http.client
import io
import json
import threading
import time

ROWS, PRINTED = 20, 5
ATTEMPTS = 600
ENDED = ("committed", "refused", "failed", "done", "cancelled")
CLOSED = "closed connection"
# A call with this key is being carried out at the other server: come again.
IN_FLIGHT = "409 in flight"


class Refused(Exception):
    pass


class Insisting:
    """An operator's program: sends the same again until it is answered, each time at the next server."""

    def __init__(self, stations, key, seen):
        self.stations, self.key, self.seen = stations, key, seen

    def send(self, place, method, path, body=None, once=None, **headers):
        """Returns the body of the answer. `once`: the Idempotency-Key."""
        headers = {"authorization": f"Bearer {self.key}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if once:
            headers["idempotency-key"] = once
        for attempt in range(ATTEMPTS):
            status, content = self.attempt(self.stations[(place + attempt) % len(self.stations)], method, path, body, headers)
            self.seen[status] += 1
            if status in (200, 201, 202):
                return content
            if status not in (CLOSED, IN_FLIGHT, 503):
                raise Refused(f"{method} {path}: {status} {content.decode()}")
            time.sleep(0.05)
        raise Refused(f"{method} {path}: not answered in {ATTEMPTS} attempts")

    @staticmethod
    def attempt(station, method, path, body, headers):
        connection = http.client.HTTPConnection(station.address, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return CLOSED, b""
        finally:
            connection.close()
        in_flight = answer.status == 409 and b"/problems/request-in-flight" in content
        return IN_FLIGHT if in_flight else answer.status, content

    def ask(self, place, method, path, body=None, once=None, **headers):
        if isinstance(body, dict):
            body, headers = json.dumps(body), headers | {"content_type": "application/json"}
        return json.loads(self.send(place, method, path, body, once, **headers))


class Issuer(threading.Thread):
    """Sends list after list, `place` first; what each is given is kept in `told`."""

    def __init__(self, stations, place, key):
        super().__init__(daemon=True)
        self.place, self.over, self.seen = place, threading.Event(), collections.Counter()
        self.operator = Insisting(stations, key, self.seen)
        self.keys, self.told, self.wrong = collections.Counter(), [], []
        self.both = concurrent.futures.ThreadPoolExecutor(2)

    def run(self):
        number = 0
        while not self.over.is_set():
            number += 1
            try:
                numbers = self.list_taken_in(number)
                self.plate_replaced(number, numbers[0])
                if number % 3 == 0:
                    self.printed(number, numbers[:PRINTED])
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")

    def at_both(self, path, body, keys, **headers):
        """Sends the same to two servers at the same moment, under one key or two."""
        sent = [self.both.submit(self.operator.ask, self.place + turn, "POST", path, body, key, **headers) for turn, key in enumerate(keys)]
        return [future.result() for future in sent]

    def same(self, what, one, other):
        if one != other:
            self.wrong.append(f"a repeated call was answered otherwise: {what} {one} and {other}")

    def list_taken_in(self, number):
        name = f"{self.place}-{number}"
        devices = [f"{name}-{row}" for row in range(ROWS)]
        rows = "".join(f"{device},Ninebot,Max,2025,green,SN-{device}\n" for device in devices)
        body = "device_id,make,model,year,colour,serial_number\n" + rows
        # Two keys for the same scooters: each is to be given one number all the same.
        keys = [f"list-{name}"] * 2 if number % 2 else [f"list-{name}", f"other-{name}"]
        self.keys["lists"] += len(set(keys))
        path = "/v1/fleet-imports?dry_run=false"
        imports = [answer["import"]["id"] for answer in self.at_both(path, body, keys, content_type="text/csv")]
        if len(set(keys)) == 1:
            self.same("a list", *imports)
        for id in set(imports):
            self.ended("fleet-imports", "import", id, "committed")
            receipt = self.operator.send(self.place, "GET", f"/v1/fleet-imports/{id}/receipt").decode("utf-8-sig")
            numbers = {row["device_id"]: row["number"] for row in csv.DictReader(io.StringIO(receipt))}
            if sorted(numbers) != sorted(devices):
                self.wrong.append(f"the receipt of {id} tells of {sorted(numbers)}")
            self.told += numbers.items()
        return [numbers[device] for device in devices]

    def ended(self, path, what, id, well):
        while True:
            found = self.operator.ask(self.place, "GET", f"/v1/{path}/{id}")[what]
            if found["status"] in ENDED:
                break
            time.sleep(0.05)
        if found["status"] != well:
            raise Refused(f"{what} {id}: {found['status']} {found['failure']} {found.get('problems')}")

    def plate_replaced(self, number, plate):
        key = f"once-{self.place}-{number}"
        self.keys["replacements"] += 1
        body = {"position": "rear", "reason": "damaged", "note": key}
        first, again = self.at_both(f"/v1/plates/{plate}/items", body, [key] * 2)
        self.same("a plate", first["item"]["item"], again["item"]["item"])

    def printed(self, number, plates):
        key = f"print-{self.place}-{number}"
        self.keys["prints"] += 1
        body = {"numbers": plates, "positions": ["left"], "format": "pdf", "stock": "a4"}
        first, again = self.at_both("/v1/print-jobs", body, [key] * 2)
        self.same("a print job", first["print_job"]["id"], again["print_job"]["id"])
        self.ended("print-jobs", "print_job", first["print_job"]["id"], "done")

    def stop(self):
        self.over.set()
        self.join()
