"""Derives how often one character of our face is taken for another, and writes it as a table.

usage: derive.py FACE.ttf OUT.tsv [SAMPLES]
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import sklearn

sys.path.insert(0, str(Path(__file__).parent.parent / "optics"))
import optics
import reader

HEIGHTS = (12, 10, 8, 7)
READER_SEED, READER_SHARE, PICTURE_SEED = 158, 0, 1910
ROWS_AT_ONCE = 400


def main(face_path, out, samples):
    face = optics.Face(face_path)
    judge = reader.Reader(READER_SEED, READER_SHARE)
    rng = np.random.default_rng(PICTURE_SEED)
    counts = Counter()
    for height in HEIGHTS:
        # Every character as often as any other, each time among other neighbours.
        pool = np.array(list(reader.CHARACTERS * samples))
        rng.shuffle(pool)
        rows = pool[: len(pool) // 8 * 8].reshape(-1, 8)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            cells, truth, blur = [], [], []
            for text in rows[start : start + ROWS_AT_ONCE]:
                row, places = face.row("".join(text))
                picture, matrix, soft = optics.degrade(row, height, rng)
                cells.append(optics.crop(picture, matrix, places))
                truth.extend(text)
                blur.extend(["soft" if soft else "sharp"] * len(text))
            shown = np.concatenate(cells)
            whole = judge.model.predict_proba(shown)
            for alphabet, characters in reader.ALPHABETS.items():
                of = whole[:, [judge.classes.index(character) for character in characters]]
                of = of / np.maximum(of.sum(axis=1, keepdims=True), 1e-12)
                best, sure = of.argmax(axis=1), of.max(axis=1) >= reader.UNSURE
                for here, softness, index, known in zip(truth, blur, best, sure):
                    if here in characters:
                        counts[alphabet, height, softness, here, characters[index] if known else "?"] += 1
        for alphabet in reader.ALPHABETS:
            for blur in ("sharp", "soft"):
                of = {key: count for key, count in counts.items() if key[:3] == (alphabet, height, blur)}
                right = sum(count for key, count in of.items() if key[3] == key[4]) / sum(of.values())
                unread = sum(count for key, count in of.items() if key[4] == "?") / sum(of.values())
                print(f"{alphabet} {height} px {blur}: {sum(of.values())} seen, right {right:.4f}, unread {unread:.4f}", flush=True)
    with open(out, "w") as table:
        table.write("# How often one character of Overpass Bold is read as another: alphabet, height of capitals in pixels, how\n")
        table.write("# blurred, what stood there, what was read (? where the reader was unsure), how often. Made by tests/bench/confusion:\n")
        table.write("# degraded pictures, read by a neural network that was trained on other typefaces and never saw this one.\n")
        table.write(f"# samples a character and height: {samples}; seeds {READER_SEED} and {PICTURE_SEED};\n")
        table.write(f"# scikit-learn {sklearn.__version__}, {len(judge.faces)} typefaces.\n")
        for key in sorted(counts, key=lambda key: (key[0], -key[1], *key[2:])):
            table.write("\t".join(map(str, (*key, counts[key]))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3000)
