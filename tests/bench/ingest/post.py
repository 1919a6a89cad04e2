#!/usr/bin/env python3
"""Sends batches of rides for a while over a number of connections for each key, and prints how many rides a second were
recorded. Every batch is of new rides; an answer other than "all recorded" ends the run with an error.

    post.py URL SECONDS CONNECTIONS SCOOTERS KEY...
"""
import datetime
import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

url, seconds, connections, scooters, keys = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:]
BATCH = 100
host = urllib.parse.urlsplit(url).netloc
counts, waits, wrong = [], [], []
now = datetime.datetime.now(datetime.timezone.utc)
until = time.monotonic() + seconds


def body(chance, name, batch):
    """Rides that ended within the last half hour, as an operator sends them while they end."""
    rides = []
    for n in range(BATCH):
        start = now - datetime.timedelta(seconds=chance.randint(900, 2400))
        end = start + datetime.timedelta(seconds=chance.randint(120, 800))
        rides.append(
            '{"ride_id":"%s-%d-%d","device_id":"s-%06d","started_at":"%s","ended_at":"%s","start":{"lat":43.25,"lng":76.95},'
            '"end":{"lat":43.26,"lng":76.96},"kind":"rider","rider_handle":"u-%05d"}'
            % (name, batch, n, chance.randrange(scooters), start.isoformat(), end.isoformat(), chance.randrange(50000))
        )
    return "[" + ",".join(rides) + "]"


def send(key, name):
    chance = random.Random(name)
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {"Authorization": "Bearer " + key, "Content-Type": "application/json"}
    done = 0
    while time.monotonic() < until:
        sent = time.monotonic()
        connection.request("POST", "/v1/sessions", body(chance, name, done), headers)
        answer = connection.getresponse()
        text = answer.read()
        waits.append(time.monotonic() - sent)
        if answer.status != 200 or json.loads(text)["sessions"]["recorded"] != BATCH:
            wrong.append(f"{answer.status}: {text[:300]!r}")
            return
        done += 1
    counts.append(done)


began = time.monotonic()
run = f"{time.time():.0f}"
threads = [
    threading.Thread(target=send, args=(key, f"{run}-{k}-{c}")) for k, key in enumerate(keys) for c in range(connections)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
took = time.monotonic() - began
if wrong:
    sys.exit(f"post.py: {wrong[0]}")
waits.sort()
print(f"{sum(counts) * BATCH / took:.0f} {waits[len(waits) // 2] * 1000:.1f} {waits[int(len(waits) * 0.99)] * 1000:.1f}")
