"""Lets a reader see degraded plates, and writes what it read: one line a plate for the program that answers.

usage: see.py FACE.ttf OUT.tsv [PLATES_A_CELL]
"""

import sys
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
# On the rear plate the pair is smaller than the number, in millimetres: [plates.rear] in config/base.toml. Its cells are "small
# pair"; in all others the pair stands as high as the number, which tells what the pair itself is worth.
SMALL = 14 / 22
SMALL_HEIGHTS = (4, 9)  # what the reader of small pairs has learned from, pixels


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


def main(face_path, out, plates):
    face = optics.Face(face_path)
    judge = reader.Reader(READER_SEED, READER_SHARE)
    small_judge = reader.Reader(READER_SEED, READER_SHARE, heights=SMALL_HEIGHTS)
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
            smaller = np.stack([look(face, pair(number), height * SMALL, small_rng) for number in numbers])
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


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3000)
