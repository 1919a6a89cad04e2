"""The same print files drawn with Python: reportlab and segno, pages compressed as reportlab does by default.

    press.py STOCK PLATES FONT [FILE]

STOCK is single (a plate a page) or sra3 (12 rear or 18 side plates a sheet). The rear plate and two side plates of every
number, each with number, bar, pair, QR code, two lines of text and cut line. The way its users go about it: the typeface
is embedded and set as text, the code of fixed version and level comes from segno, and is filled run by run as one path.
Prints pages, plates, pages a second, plates a second, bytes a plate.
"""

import io
import sys
import time

import segno
from reportlab.lib.colors import CMYKColor, CMYKColorSep
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

BLACK = CMYKColor(0, 0, 0, 1)
CUT = CMYKColorSep(0, 1, 0, 0, spotName="CutContour")
# Overpass has capitals of 0.7 em.
EM = 1 / 0.7
PLATES_A_FILE = 4992
# Width, height, cap heights of number and pair, module; then columns, rows on SRA3.
REAR = (134, 60, 22, 14, 0.8, 2, 6)
SIDE = (120, 40, 12, 8, 1.0, 2, 9)


def draw_code(canvas, text, left, top, module):
    code = segno.make(text, version=2, error="m", mode="alphanumeric", boost_error=False, micro=False)
    path = canvas.beginPath()
    for row, cells in enumerate(code.matrix):
        start = None
        for column, dark in enumerate([*cells, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(left + start * module, top - (row + 1) * module, (column - start) * module, module)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def draw_plate(canvas, kind, left, bottom, number, pair, tag):
    width, height, cap, small, module, _, _ = kind
    canvas.setFillColor(BLACK)
    canvas.setFont("Overpass", cap * mm * EM)
    canvas.drawString(left + 4 * mm, bottom + (height - 6 - cap) * mm, number)
    canvas.rect(left + 4 * mm, bottom + (small + 6) * mm, 60 * mm, 0.6 * mm, stroke=0, fill=1)
    canvas.setFont("Overpass", small * mm * EM)
    canvas.drawString(left + 4 * mm, bottom + 4 * mm, pair)
    canvas.setFont("Overpass", 3 * mm * EM)
    canvas.drawString(left + 34 * mm, bottom + 9 * mm, "ҚАЗАҚСТАН · KAZAKHSTAN")
    canvas.drawString(left + 34 * mm, bottom + 4 * mm, "Қала Самокат")
    side = 25 * module
    text = f"HTTPS://REG.TEST/P/{number}{pair}/{tag}"
    draw_code(canvas, text, left + (width - 5 - side) * mm, bottom + (5 + side) * mm, module * mm)
    canvas.setStrokeColor(CUT)
    canvas.setLineWidth(0.1 * mm)
    canvas.rect(left, bottom, width * mm, height * mm, stroke=1, fill=0)


def draw_file(kind, stock, items, file):
    width, height, _, _, _, columns, rows = kind
    if stock == "single":
        columns, rows, page, edge = 1, 1, ((width + 14) * mm, (height + 18) * mm), (7, 11)
    else:
        page, edge = (320 * mm, 450 * mm), (20, 30)
    canvas = Canvas(file, pagesize=page, pageCompression=1)
    pages = 0
    for start in range(0, len(items), columns * rows):
        for place, item in enumerate(items[start : start + columns * rows]):
            left = (edge[0] + (width + 4) * (place % columns)) * mm
            bottom = (edge[1] + (height + 4) * (place // columns)) * mm
            draw_plate(canvas, kind, left, bottom, *item)
        canvas.showPage()
        pages += 1
    canvas.save()
    return pages


def main():
    stock, plates, font = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    pdfmetrics.registerFont(TTFont("Overpass", font))
    began, pages, count, size, written = time.process_time(), 0, 0, 0, None
    for kind, each in ((REAR, 1), (SIDE, 2)):
        items = [(f"K{serial:05}", "KR", f"{serial:09}{which}") for serial in range(1, plates + 1) for which in range(each)]
        for start in range(0, len(items), PLATES_A_FILE):
            file = io.BytesIO()
            pages += draw_file(kind, stock, items[start : start + PLATES_A_FILE], file)
            size += file.tell()
            written = written or file.getvalue()
        count += len(items)
    took = time.process_time() - began
    if len(sys.argv) > 4:
        with open(sys.argv[4], "wb") as out:
            out.write(written)
    print(f"{pages} {count} {pages / took:.1f} {count / took:.1f} {size // count}")


main()
