"""How many whole plates Tesseract reads: number and control pair of the rear plate, 110 pixels wide.

usage: whole.py FOLDER [PLATES]

FOLDER holds plates and `faces.tsv`, as the program `faces` writes them. The picture is taken by a hand that points a phone at
the plate: a little turned, soft, noisy, compressed. The plate is found already (its corners are known to two tenths of a pixel
or so, as a detector would give them); what Tesseract is given is its upper row and its pair, each as one line of text.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

import camera

SEED = 2711  # not that of the plates on which the ways of asking Tesseract were tried
WIDTH = 110  # of the plate, pixels
BAR = 0.95
# How often enlarged a row is given to Tesseract, and in which mode (7 is a line, 13 a line taken as it is). An answer of the
# wrong length is no number, and the next try follows.
NUMBER_TRIES = ((2.5, 7), (4, 7), (2.5, 13))
PAIR_TRIES = ((6, 7), (6, 13), (4, 7))
PICTURE_LARGER = 4
WEATHER = {"blur": (0.35, 0.65), "motion": (0.0, 0.8), "ink": (15, 70), "paper": (150, 240), "noise": (1, 6), "jpeg": (70, 95)}
ROLL, YAW, PITCH = 2, 6, 4
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONTROL = "ABCDEFGHJKLMNPRSTUVWXYZ"
# A character that cannot stand in its place is read as the one that looks like it and can, as design 3.3 has it.
# The dollar is among what Tesseract may answer, for it takes S before digits for one, and leaves a gap where it must not.
AS_DIGIT = str.maketrans("OQDILZASGTB", "00011245678")
AS_LETTER = str.maketrans("01245678$", "OIZASGTBS")


def plates(folder):
    for line in (Path(folder) / "faces.tsv").read_text().splitlines():
        number, pair, _, _, size, _, row, two = line.split("\t")
        picture = cv2.imread(str(Path(folder) / f"{number}.png"), 0)
        scale = picture.shape[1] / int(size.split(",")[0])
        yield number, pair, picture, [[int(value) * scale for value in box.split(",")] for box in (row, two)]


def straightened(picture, matrix, size, box, reach, around, larger):
    """A row cut out by the plate's corners: from before its first character to behind its last (`reach` heights from its
    origin), `around` heights above and below, `larger` times as large."""
    left, top, right, bottom = box
    cap = bottom - top
    # Not beyond the plate: its edge would be read as a character.
    inset = 1.5 / WIDTH * size[0]
    left, right = max(inset, left - 0.35 * cap), min(size[0] - inset, right + reach * cap)
    top, bottom = top - around * cap, bottom + around * cap
    scale = larger * WIDTH / size[0]
    into = np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1]])
    out = round((right - left) * scale), round((bottom - top) * scale)
    line = cv2.warpPerspective(picture, into @ np.linalg.inv(matrix), out, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    line = cv2.normalize(line, None, 0, 255, cv2.NORM_MINMAX)
    return cv2.copyMakeBorder(line, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=int(np.percentile(line, 90)))


def tesseract(pictures, mode, whitelist):
    """What Tesseract reads on each picture: one process for all."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for index, picture in enumerate(pictures):
            names.append(f"{folder}/{index:05}.png")
            cv2.imwrite(names[-1], picture)
        Path(folder, "list.txt").write_text("\n".join(names) + "\n")
        command = ["tesseract", f"{folder}/list.txt", "-", "--oem", "1", "--psm", str(mode), "-l", "eng", "--dpi", "300"]
        if whitelist:
            command += ["-c", f"tessedit_char_whitelist={whitelist}"]
        one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread).stdout
    return ["".join(page.split()) for page in answer.split("\f")[: len(names)]]


def patient(rows, tries, length, whitelist):
    """What Tesseract reads on each row, given as often as it takes to have an answer of this length."""
    answers = [""] * len(rows)
    for larger, mode in tries:
        open_ones = [index for index, answer in enumerate(answers) if len(answer) != length]
        if open_ones:
            found = tesseract([rows[index][larger] for index in open_ones], mode, whitelist)
            for index, text in zip(open_ones, found):
                answers[index] = text if len(text) == length else answers[index] or text
    return answers


def repaired(text):
    return text[:1].translate(AS_LETTER) + text[1:].translate(AS_DIGIT)


def main(folder, most):
    rng = np.random.default_rng(SEED)
    truth, rows, pairs, whole = [], [], [], []
    for number, pair, picture, (row, two) in sorted(plates(folder), key=lambda plate: plate[0][::-1])[:most]:
        corners = camera.turned(picture.shape[::-1], rng, ROLL, YAW, PITCH)
        corners *= WIDTH / np.ptp(corners[:, 0])
        size = 140, round(110 * picture.shape[0] / picture.shape[1]) + 30
        middle = np.array(size) / 2 + rng.uniform(-1, 1, 2)
        matrix = camera.place(picture, corners, None, middle)
        seen = camera.photograph(picture, matrix, size, rng, WEATHER)
        found = camera.place(picture, corners + rng.normal(0, 0.2, corners.shape), None, middle)
        plate = picture.shape[::-1]
        rows.append({larger: straightened(seen, found, plate, row, 1.0, 0.3, larger) for larger, _ in NUMBER_TRIES})
        pairs.append({larger: straightened(seen, found, plate, two, 1.15, 0.25, larger) for larger, _ in PAIR_TRIES})
        if len(whole) < 100:
            whole.append(cv2.resize(seen, None, fx=PICTURE_LARGER, fy=PICTURE_LARGER, interpolation=cv2.INTER_CUBIC))
        truth.append((number, pair))
        if len(truth) <= 6:
            cv2.imwrite(f"{folder}/../plate-{len(truth)}.png", seen)
            cv2.imwrite(f"{folder}/../plate-{len(truth)}-row.png", rows[-1][4])
            cv2.imwrite(f"{folder}/../plate-{len(truth)}-pair.png", pairs[-1][4])
    of = len(truth)
    version = subprocess.run(["tesseract", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    print(f"{version}; {of} plates {WIDTH} px wide; LSTM, eng, number and pair each as a line (--psm 7, then 13)")
    for name, for_row, for_pair in (("whitelists", CAPITALS + "0123456789$", CONTROL), ("no whitelist", "", "")):
        read = patient(rows, NUMBER_TRIES, 6, for_row), patient(pairs, PAIR_TRIES, 2, for_pair)
        raw = [row == number for row, (number, _) in zip(read[0], truth)]
        slot = [repaired(row.upper()) == number for row, (number, _) in zip(read[0], truth)]
        two = [text == pair for text, (_, pair) in zip(read[1], truth)]
        both = np.mean([a and b for a, b in zip(slot, two)])
        verdict = f"   <- bar {BAR}: {'reached' if both >= BAR else 'MISSED'}" if for_row else ""
        print(f"{name}: number as it was read {np.mean(raw):.3f}, repaired by slot {np.mean(slot):.3f}, pair {np.mean(two):.3f}, both {both:.3f}{verdict}")
        wrong = [f"{n} {p}: {r} {t}" for (n, p), r, t, a, b in zip(truth, *read, slot, two) if not (a and b)]
        print("   misread, for example: " + "; ".join(wrong[:8]))
    for mode in (6, 11):
        read = tesseract(whole, mode, CAPITALS + "0123456789")
        found = np.mean([number in text and pair in text.replace(number, "") for text, (number, pair) in zip(read, truth)])
        number = np.mean([number in text for text, (number, _) in zip(read, truth)])
        print(f"the whole picture, nothing found beforehand (--psm {mode}): number {number:.3f}, number and pair {found:.3f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 600)
