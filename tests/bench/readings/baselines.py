"""Other ways to number scooters, seen by the same camera and reader at the same letter height: a table of figures.

usage: baselines.py FACE.ttf DEJAVU.ttf [PLATES_A_CELL]

Letters are equally high in all of them. Each has 60 000 issued numbers; what was read is held against every one of them by
likelihood, with a confusion table of its own alphabet and typeface that another reader made from other pictures. All have the
same means, so that they can be compared; our registry's own answers are told by `tell.py`.

- legal: one letter and five digits of four operators, in sequence (kz-158 without the pair)
- legal with pair: the same, with the two control letters behind it; taken only if they agree
- Italy: two rows of three of `BCDFGHJKLMNPRSTVWXYZ23456789`, given out in sequence, or at random; drawn in our typeface, for
  what is compared is the format
- base 36: six random characters of all letters and digits in DejaVu Sans
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "optics"))
import optics
import reader
import see

HEIGHTS = (12, 10, 8, 7)
ISSUED = 60_000
# Neither the confusion tables' reader nor the other one knows DejaVu: one of the formats is drawn in it.
JUDGE, TABLE_MAKER = (2027, 1), (159, 0)
PICTURE_SEED, TABLE_SEED, NUMBER_SEED = 78, 1911, 36
SAMPLES = 600  # pictures of each character for the confusion tables
SURE = 0.95
LETTER, DIGIT, CONTROL = (reader.ALPHABETS[name] for name in ("letter", "digit", "control"))
ITALY = "BCDFGHJKLMNPRSTVWXYZ23456789"
BASE_36 = reader.CHARACTERS


def in_base(value, alphabet, places=6):
    text = ""
    for _ in range(places):
        value, rest = divmod(value, len(alphabet))
        text = alphabet[rest] + text
    return text


def formats():
    """Returns by name: issued numbers, the alphabet of each place, how many characters stand in each row, the typeface."""
    rng = np.random.default_rng(NUMBER_SEED)
    legal = [f"{letter}{serial:05}" for letter, most in see.SERIES.items() for serial in range(1, most + 1)]
    scattered = [in_base(int(value), ITALY) for value in rng.choice(len(ITALY) ** 6, ISSUED, replace=False)]
    coded = [in_base(int(value), BASE_36) for value in rng.choice(36**6, ISSUED, replace=False)]
    start = int(rng.integers(len(ITALY) ** 6 - ISSUED))
    return {
        "legal, no pair": (legal, [LETTER] + [DIGIT] * 5, (6,), "ours"),
        "legal with pair": ([number + see.pair(number) for number in legal], [LETTER] + [DIGIT] * 5 + [CONTROL] * 2, (8,), "ours"),
        "Italy, in sequence": ([in_base(start + index, ITALY) for index in range(ISSUED)], [ITALY] * 6, (3, 3), "ours"),
        "Italy, random": (scattered, [ITALY] * 6, (3, 3), "ours"),
        "base 36, DejaVu Sans": (coded, [BASE_36] * 6, (6,), "DejaVu"),
    }


def look(face, text, rows, height, rng):
    """Returns the cells of a number, all of whose rows are on one picture: the same camera saw them."""
    seed, cells, start = rng.integers(2**63), [], 0
    for length in rows:
        cells.append(see.look(face, text[start : start + length], height, np.random.default_rng(seed)))
        start += length
    return np.concatenate(cells)


def tables(maker, face, alphabets, height, rng):
    """Returns for each alphabet log P(read | true): a row a true character, a column a character read, the last one `?`."""
    pool = np.array(list(BASE_36 * SAMPLES))
    rng.shuffle(pool)
    texts = ["".join(text) for text in pool.reshape(-1, 6)]
    shown = np.concatenate([look(face, text, (6,), height, rng) for text in texts])
    whole = maker.model.predict_proba(shown)
    made = {}
    for alphabet in alphabets:
        known = np.isin(pool, list(alphabet))
        of = whole[known][:, [maker.classes.index(character) for character in alphabet]]
        of = of / np.maximum(of.sum(axis=1, keepdims=True), 1e-12)
        best = np.where(of.max(axis=1) >= reader.UNSURE, of.argmax(axis=1), len(alphabet))
        counts = np.full((len(alphabet), len(alphabet) + 1), 0.5 / len(alphabet))
        np.add.at(counts, ([alphabet.index(character) for character in pool[known]], best), 1)
        made[alphabet] = np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    return made


def measure(issued, alphabets, rows, face, judge, confusion, height, plates, rng):
    """Returns the shares: read right, silently wrong, first, of five, sure, wrong of the sure."""
    codes = np.array([[alphabet.index(character) for alphabet, character in zip(alphabets, number)] for number in issued])
    truth = rng.integers(len(issued), size=plates)
    shown = np.stack([look(face, issued[index], rows, height, rng) for index in truth])
    seen = np.empty((plates, len(alphabets)), int)
    for place, alphabet in enumerate(alphabets):
        text = judge.read(shown[:, place], alphabet)
        seen[:, place] = [alphabet.find(character) if character != "?" else len(alphabet) for character in text]
    names = {tuple(code): index for index, code in enumerate(codes.tolist())}
    got = np.zeros(6)
    for at, reading in zip(truth, seen):
        taken = names.get(tuple(reading.tolist()))
        weight = sum(confusion[alphabet][codes[:, place], reading[place]] for place, alphabet in enumerate(alphabets))
        best = np.argpartition(-weight, 5)[:5]
        best = best[np.argsort(-weight[best])]
        sure = 1 / np.exp(weight - weight[best[0]]).sum() >= SURE
        # A tie at the top is worth its part.
        first = (weight[at] == weight[best[0]]) / np.count_nonzero(weight == weight[best[0]])
        got += [(reading == codes[at]).all(), taken is not None and taken != at, first, at in best, sure, sure and best[0] != at]
    return np.array([*got[:5] / plates, got[5] / max(1, got[4])])


def main(face_path, dejavu, plates):
    faces = {"ours": optics.Face(face_path), "DejaVu": optics.Face(dejavu)}
    judge, maker = (reader.Reader(*which, without="DejaVu") for which in (JUDGE, TABLE_MAKER))
    kinds = formats()
    print(f"{plates} plates a cell, {ISSUED} issued numbers each")
    print(f"{'':30} {'read right':>10} {'silent wrong':>13} {'first':>7} {'of five':>8} {'sure':>7} {'sure, wrong':>12}")
    for height in HEIGHTS:
        confusion = {}
        for index, (name, face) in enumerate(faces.items()):
            wanted = {alphabet for _, alphabets, _, used in kinds.values() if used == name for alphabet in alphabets}
            rng = np.random.default_rng([TABLE_SEED, height, index])
            confusion[name] = tables(maker, face, sorted(wanted), height, rng)
        for index, (name, (issued, alphabets, rows, face)) in enumerate(kinds.items()):
            rng = np.random.default_rng([PICTURE_SEED, height, index])
            found = measure(issued, alphabets, rows, faces[face], judge, confusion[face], height, plates, rng)
            print(f"{height:2} px, {name:23} {found[0]:10.4f} {found[1]:13.4f} {found[2]:7.4f} {found[3]:8.4f} {found[4]:7.4f} {found[5]:12.5f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3000)
