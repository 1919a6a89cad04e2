"""Judges the boxes and the inks of a file on SRA3.

    judge_sheets.py FILE BOXES INKS

BOXES is what `pdfinfo -box` said of all pages, INKS the folder of Ghostscript's tiffsep (8 bits, no compression). Every box
must be 320 x 450 mm within 0.01 mm, and the separations with ink exactly Black and CutContour. Exit code 1 otherwise.
"""

import pathlib
import re
import sys

SHEET = (0, 0, 320, 450)


def wrong_boxes(text):
    found = re.findall(r"(\w+Box): +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)", text)
    boxes = [(name, [float(value) * 25.4 / 72 for value in values]) for name, *values in found]
    wrong = [box for box in boxes if any(abs(one - other) > 0.01 for one, other in zip(box[1], SHEET))]
    return len(boxes), wrong


def has_ink(path):
    # The pixels stand last, and 255 is no ink; the tags before them are less than a hundredth.
    content = path.read_bytes()
    return len(content) - len(content.rstrip(b"\xff")) < len(content) * 0.99


def main():
    name, boxes, inks = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    count, wrong = wrong_boxes(boxes.read_text())
    found = sorted(re.search(r"\((.*)\)", path.name)[1] for path in inks.glob("*(*).tif") if has_ink(path))
    print(f"{pathlib.Path(name).name}: {count} boxes, {len(wrong)} wrong; inks {' + '.join(found)}")
    sys.exit(bool(wrong) or count == 0 or found != ["Black", "CutContour"])


main()
