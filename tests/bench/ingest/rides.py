#!/usr/bin/env python3
"""Makes a fleet list and a file of rides over it, in the order in which they began, the same for the same arguments.

    rides.py FLEET_CSV RIDES_CSV RIDES SCOOTERS uuid|serial
"""
import datetime
import random
import sys
import uuid

fleet, rides, count, scooters, ids = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
chance = random.Random(7)
first = datetime.datetime(2026, 5, 1, tzinfo=datetime.timezone.utc)
days = 150
with open(fleet, "w") as out:
    out.write("device_id\n")
    for n in range(scooters):
        out.write(f"s-{n:06}\n")
with open(rides, "w") as out:
    out.write("ride_id,device_id,started_at,ended_at,start_lat,start_lng,end_lat,end_lng,kind,rider_handle\n")
    for n in range(count):
        start = first + datetime.timedelta(seconds=int(n * days * 86400 / count))
        end = start + datetime.timedelta(seconds=chance.randint(120, 2400))
        ride = uuid.UUID(int=chance.getrandbits(128), version=4) if ids == "uuid" else f"ride-{n:09}"
        lat, lng = 43.2 + chance.random() / 10, 76.8 + chance.random() / 5
        out.write(
            f"{ride},s-{chance.randrange(scooters):06},{start:%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ},"
            f"{lat:.6f},{lng:.6f},{lat + 0.01:.6f},{lng + 0.01:.6f},rider,u-{chance.randrange(50000):05}\n"
        )
