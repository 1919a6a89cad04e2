"""Lets a reader see degraded plates, and writes what it read: one line a plate for the program that answers.

usage: see.py FACE.ttf SPARSE.txt OUT.tsv [PLATES_A_CELL]

SPARSE.txt holds what was issued under `sparse-19`, one number a line, as the program that answers writes it.
"""

import sys
import tomllib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "optics"))
import optics
import reader

HEIGHTS = (12, 10, 8, 7)
SERIES = {"A": 15000, "K": 15000, "N": 15000, "B": 15000}
# Neither the reader nor the pictures of the confusion table: other typefaces taught this one, other chance made the pictures.
READER_SEED, READER_SHARE, PICTURE_SEED = 2026, 1, 77
CONTROL = "ABCDEFGHJKLMNPRSTUVWXYZ"
# On the rear plate the pair is smaller than the number. Its cells are "small pair"; in all others the pair stands as high as the
# number, which tells what the pair itself is worth.
SETTINGS = Path(__file__).parents[3] / "config" / "base.toml"
SMALL_HEIGHTS = (4, 9)  # what the reader of small pairs has learned from, pixels


def small():
    """How high the pair stands on the rear plate, as a part of the number's height."""
    rear = tomllib.loads(SETTINGS.read_text())["plates"]["rear"]
    return rear["pair_mm"] / rear["number_mm"]


def pair(number):
    """The control letters of a number, computed here from the definition alone: both sums vanish modulo 23."""
    stand_in = {"I": "W", "O": "K", "Q": "T"}
    values = [CONTROL.index(stand_in.get(number[0], number[0]))] + [int(digit) for digit in number[1:]]
    plain = sum(values) % 23
    weighted = sum(pow(2, place) * value for place, value in enumerate(values)) % 23
    for first in range(23):
        second = (-plain - first) % 23
        if (weighted + 64 * first + 128 * second) % 23 == 0:
            return CONTROL[first] + CONTROL[second]
    raise AssertionError(number)


def random_number(rng):
    letter = list(SERIES)[rng.integers(len(SERIES))]
    return f"{letter}{rng.integers(1, SERIES[letter] + 1):05d}"


def nearby(number, count, consecutive, rng):
    """The scooters on the road nearby, the true one among them."""
    if not consecutive:
        return sorted({number} | {random_number(rng) for _ in range(count - 1)})
    serial = int(number[1:])
    first = max(1, min(serial - int(rng.integers(count)), SERIES[number[0]] - count + 1))
    return [f"{number[0]}{other:05d}" for other in range(first, first + count)]


def look(face, text, height, rng):
    """Returns the cells of a text as a camera gives them."""
    row, places = face.row(text)
    picture, matrix, _ = optics.degrade(row, height, rng)
    return optics.crop(picture, matrix, places)


def read(judge, shown, places, alphabet):
    """Returns what stands in some places of all rows, one text a row."""
    cells = shown[:, places]
    characters = judge.read(cells.reshape(-1, cells.shape[-1]), reader.ALPHABETS[alphabet])
    return ["".join(row) for row in np.array(characters).reshape(len(shown), -1)]


def sparse_cells(face, judge, path, plates, table):
    """Numbers of `sparse-19`, whose seven symbols carry their own check."""
    issued, *numbers = Path(path).read_text().splitlines()
    table.write(issued + "\n")
    for height in HEIGHTS:
        rng = np.random.default_rng([PICTURE_SEED, height, 19])
        truth = rng.choice(numbers, plates)
        shown = np.stack([look(face, number, height, rng) for number in truth])
        for index, (number, text) in enumerate(zip(truth, read(judge, shown, slice(0, 7), "sparse"))):
            table.write(f"{height} px, sparse-19\t{index}\t{number}\t{text}\t\n")


def main(face_path, sparse, out, plates):
    face = optics.Face(face_path)
    judge = reader.Reader(READER_SEED, READER_SHARE)
    small_judge = reader.Reader(READER_SEED, READER_SHARE, heights=SMALL_HEIGHTS)
    pair_height = small()
    rng = np.random.default_rng(PICTURE_SEED)
    with open(out, "w") as table:
        table.write("issued\t" + ",".join(f"{letter}:{highest}" for letter, highest in SERIES.items()) + "\n")
        for height in HEIGHTS:
            numbers = [random_number(rng) for _ in range(plates)]
            shown = np.stack([look(face, number + pair(number), height, rng) for number in numbers])
            letters = read(judge, shown, slice(0, 1), "letter")
            digits = read(judge, shown, slice(1, 6), "digit")
            pairs = read(judge, shown, slice(6, 8), "control")
            small_rng = np.random.default_rng([PICTURE_SEED, height])
            smaller = np.stack([look(face, pair(number), height * pair_height, small_rng) for number in numbers])
            small_pairs = read(small_judge, smaller, slice(0, 2), "control")
            for index, number in enumerate(numbers):
                text, both = letters[index] + digits[index], pairs[index]

                def write(cell, seen, active=""):
                    table.write(f"{height} px, {cell}\t{index}\t{number}\t{seen}\t{active}\n")

                write("pair", f"{text} {both}")
                write("small pair", f"{text} {small_pairs[index]}")
                write("no pair", text)
                for count in (50, 500):
                    for name, consecutive in (("scattered", False), ("consecutive", True)):
                        active = ",".join(nearby(number, count, consecutive, rng))
                        write(f"pair, {count} {name}", f"{text} {both}", active)
                        write(f"no pair, {count} {name}", text, active)
            print(f"{height} px: seen", file=sys.stderr, flush=True)
        sparse_cells(face, judge, sparse, plates, table)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]) if len(sys.argv) > 4 else 3000)
