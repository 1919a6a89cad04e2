"""Reads every code of a batch on SRA3 back from pixels, by two readers, and compares it with the list.

    judge_codes.py DIRECTORY DPI

Each page is turned into black and white pixels by pdftoppm, without any grey that would smooth an edge. zxing-cpp is shown the whole page: which codes there are, and where, is
found by it alone. zbar (libzbar by ctypes: a process for every picture would take hours) is then shown each code with 10 mm
of what lies around it. The codes of a page must be those of the list, in the list's rows and columns; a code counts as
read by zbar if it reads this one and nothing else there. Each code that was not read is named; the exit code is then 1.
"""

import collections
import csv
import ctypes
import pathlib
import subprocess
import sys
import time

import numpy as np
import zxingcpp

AROUND_MM = 10
# Plates of one row lie at one height; rows are at least a plate apart.
SAME_ROW_MM = 10
# From zbar.h: ZBAR_NONE, ZBAR_QRCODE, ZBAR_CFG_ENABLE.
ALL_SYMBOLOGIES, QR_CODE, ENABLE = 0, 64, 0
ZXING, ZBAR = "not read by zxing-cpp", "not read by zbar"
GREY = int.from_bytes(b"Y800", "little")


class Zbar:
    """The C interface, as far as it is needed."""

    def __init__(self):
        self.library = ctypes.CDLL("libzbar.so.0")
        for name in ("image_scanner_create", "image_create", "image_first_symbol", "symbol_next"):
            getattr(self.library, f"zbar_{name}").restype = ctypes.c_void_p
        self.library.zbar_symbol_get_data.restype = ctypes.c_char_p
        self.scanner = ctypes.c_void_p(self.library.zbar_image_scanner_create())
        for symbology, enabled in ((ALL_SYMBOLOGIES, 0), (QR_CODE, 1)):
            self.library.zbar_image_scanner_set_config(self.scanner, symbology, ENABLE, enabled)

    def read(self, grey):
        grey = np.ascontiguousarray(grey)
        height, width = grey.shape
        image = ctypes.c_void_p(self.library.zbar_image_create())
        self.library.zbar_image_set_format(image, ctypes.c_ulong(GREY))
        self.library.zbar_image_set_size(image, width, height)
        self.library.zbar_image_set_data(image, grey.ctypes.data_as(ctypes.c_void_p), ctypes.c_ulong(grey.size), None)
        self.library.zbar_scan_image(self.scanner, image)
        found, symbol = [], self.library.zbar_image_first_symbol(image)
        while symbol:
            found.append(self.library.zbar_symbol_get_data(ctypes.c_void_p(symbol)).decode())
            symbol = self.library.zbar_symbol_next(ctypes.c_void_p(symbol))
        self.library.zbar_image_destroy(image)
        return found


def listed(manifest):
    """By file and page: the codes, row by row."""
    pages = {}
    with manifest.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            place = int(row["row"]), int(row["column"])
            pages.setdefault(row["file"], {}).setdefault(int(row["sheet"]), []).append((place, row["qr"]))
    return {file: {page: sorted(codes) for page, codes in sheets.items()} for file, sheets in pages.items()}


def rasterised(file, dpi):
    """The pages of a file, one after the other, as black and white: what a plate setter makes of it."""
    with subprocess.Popen(["pdftoppm", "-r", str(dpi), "-mono", file], stdout=subprocess.PIPE) as process:
        while head := process.stdout.readline():
            assert head == b"P4\n", head
            width, height = map(int, process.stdout.readline().split())
            a_row = (width + 7) // 8
            bits = np.frombuffer(process.stdout.read(a_row * height), np.uint8).reshape(height, a_row)
            # A set bit is black: 1 becomes 0, and 0 becomes 255.
            yield np.unpackbits(bits, axis=1, count=width) - np.uint8(1)
    assert process.returncode == 0, file


def found_on(page, dpi):
    """What zxing-cpp reads on a page: row and column, counted from one in the order found, text, and the box of pixels."""
    codes = []
    for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode):
        corners = code.position
        points = [corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left]
        xs, ys = [point.x for point in points], [point.y for point in points]
        codes.append((min(ys), min(xs), max(ys), max(xs), code.text))
    codes.sort()
    rows = []
    for code in codes:
        if not rows or code[0] - rows[-1][0][0] > SAME_ROW_MM * dpi / 25.4:
            rows.append([])
        rows[-1].append(code)
    for row, codes in enumerate(rows, 1):
        for column, (*box, text) in enumerate(sorted(codes, key=lambda code: code[1]), 1):
            yield (row, column), text, box


def judge_page(zbar, page, dpi, wanted):
    """Returns what is wrong, each with its place and text."""
    found = list(found_on(page, dpi))
    around = round(AROUND_MM * dpi / 25.4)
    by_zxing, by_zbar = set(), set()
    for place, text, (top, left, bottom, right) in found:
        by_zxing.add((place, text))
        part = page[max(0, top - around) : bottom + around, max(0, left - around) : right + around]
        if zbar.read(part) == [text]:
            by_zbar.add((place, text))
    wanted = set(wanted)
    missing = [(ZXING, code) for code in sorted(wanted - by_zxing)]
    missing += [(ZBAR, code) for code in sorted(wanted - by_zbar)]
    return missing + [("not in the list", code) for code in sorted(by_zxing - wanted)]


def main():
    directory, dpi = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    zbar, began, pages, codes = Zbar(), time.perf_counter(), 0, 0
    wrong = collections.Counter()
    for file, sheets in listed(directory / "manifest.csv").items():
        for number, page in enumerate(rasterised(directory / file, dpi), 1):
            wanted = sheets.pop(number, [])
            for what, ((row, column), text) in judge_page(zbar, page, dpi, wanted):
                wrong[what] += 1
                print(f"{file}, page {number}, row {row}, column {column}: {text}: {what}", flush=True)
            pages += 1
            codes += len(wanted)
        assert not sheets, f"{file} lacks pages {sorted(sheets)}"
    by_zxing, by_zbar = codes - wrong[ZXING], codes - wrong[ZBAR]
    took = time.perf_counter() - began
    print(f"{dpi} dpi: {pages} pages, {codes} codes; zxing-cpp read {by_zxing}, zbar {by_zbar}; {took:.0f} s", flush=True)
    sys.exit(bool(wrong) or codes == 0)


main()
