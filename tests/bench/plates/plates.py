"""The same plate drawn with Python: qrcode and Pillow, 1181 x 709 pixels, 1-bit PNG with its resolution.

The way its users go about it: a QRCode of fixed version and level turned into a picture, scaled, pasted, and two texts in
the same typeface. Fonts are loaded once; the PNG is written with the fastest compression.
"""

import io
import sys
import time

import qrcode
from PIL import Image, ImageDraw, ImageFont

ROUND_S = 1.0
DPI = 300
SIZE = (1181, 709)


def pixels(millimetres):
    return round(millimetres * DPI / 25.4)


def font(path, cap_mm):
    # Overpass has capitals of 0.7 em.
    return ImageFont.truetype(path, round(pixels(cap_mm) / 0.7))


def draw(number, pair, tag, number_font, pair_font):
    plate = Image.new("1", SIZE, 1)
    pen = ImageDraw.Draw(plate)
    pen.text((pixels(4), pixels(6) + pixels(16)), number, font=number_font, fill=0, anchor="ls")
    pen.text((pixels(4), pixels(48)), pair, font=pair_font, fill=0, anchor="ls")
    pen.rectangle((pixels(4), pixels(30), pixels(72), pixels(30.6)), fill=0)
    code = qrcode.QRCode(version=2, error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=9, border=0)
    code.add_data(f"HTTPS://REG.TEST/P/{number}{pair}/{tag}")
    code.make(fit=False)
    plate.paste(code.make_image().get_image(), (pixels(75), pixels(34)))
    file = io.BytesIO()
    plate.save(file, "PNG", dpi=(DPI, DPI), compress_level=1)
    return file.getvalue()


def main():
    rounds, path = int(sys.argv[1]), sys.argv[2]
    number_font, pair_font = font(path, 16), font(path, 10)
    if len(sys.argv) > 3:
        with open(sys.argv[3], "wb") as file:
            file.write(draw("K04271", "KR", "0123456789", number_font, pair_font))
    serial = 0
    for _ in range(rounds):
        began, plates, size = time.process_time(), 0, 0
        while time.process_time() - began < ROUND_S:
            serial += 1
            size += len(draw(f"K{serial:05}", "KR", f"{serial:010}", number_font, pair_font))
            plates += 1
        print(f"{plates / (time.process_time() - began):.1f} {size // plates}", flush=True)


main()
