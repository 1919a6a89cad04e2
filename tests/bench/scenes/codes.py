"""How wide a QR code must be on a picture to be decoded: two decoders, two versions, widths from 60 to 120 pixels.

usage: codes.py FOLDER2 FOLDER3 PLOT.png [SCENES]

FOLDER2 and FOLDER3 hold plates with codes of version 2 and 3 and `faces.tsv`, as the program `faces` writes them. The width of
a symbol is that of a square as large as the symbol with its quiet zone of four modules is on the picture.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

import camera

SEED = 2405
WIDTHS = (60, 66, 72, 76, 82, 85, 90, 96, 104, 112, 120)
BARS = {2: 82, 3: 85}  # design 3.5
LEAST = 0.90
QUIET = 4
WEATHER = {"blur": (0.4, 0.9), "motion": (0.0, 1.6), "ink": (15, 85), "paper": (130, 235), "noise": (2, 9), "jpeg": (50, 92)}
# Degrees: how far a plate is turned, one sigma each, in its plane, about the upright, about the level.
ROLL, YAW, PITCH = 8, 18, 10


def plates(folder):
    """Returns each plate's picture, what its code says, and the corners of symbol and quiet zone in pixels of that picture."""
    found = []
    for line in (Path(folder) / "faces.tsv").read_text().splitlines():
        number, _, code, modules, size, symbol, _, _ = line.split("\t")
        picture = cv2.imread(str(Path(folder) / f"{number}.png"), 0)
        scale = picture.shape[1] / int(size.split(",")[0])
        left, top, side = (int(value) * scale for value in symbol.split(","))
        quiet = side / int(modules) * QUIET
        box = np.array([[left - quiet, top - quiet], [left + side + quiet, top - quiet], [left + side + quiet, top + side + quiet], [left - quiet, top + side + quiet]])
        found.append((picture, code, box, int(modules)))
    return found


def scene(plate, width, rng):
    """A picture on which the symbol with its quiet zone is `width` pixels wide."""
    picture, _, box, _ = plate
    corners = camera.turned(picture.shape[::-1], rng, ROLL, YAW, PITCH)
    matrix = camera.place(picture, corners, None, np.zeros(2))
    seen = cv2.perspectiveTransform(np.float64([box]), matrix)[0]
    corners *= width / np.sqrt(camera.area(seen))
    seen *= width / np.sqrt(camera.area(seen))
    # What the camera is pointed at: the symbol, with about half its width of plate and street about it.
    side = int(2.1 * width)
    middle = side / 2 - seen.mean(axis=0) + rng.uniform(-0.15, 0.15, 2) * width
    return camera.photograph(picture, camera.place(picture, corners, None, middle), (side, side), rng, WEATHER)


def zxing(picture):
    return {found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)}


def zbar(picture):
    return {found.data.decode() for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])}


def larger(picture):
    """The same picture twice as large: a decoder that finds nothing is given this one too."""
    return cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def main(folders, plot, scenes):
    curves, missed = {}, 0
    for version, folder in zip(BARS, folders):
        known = plates(folder)
        curves[version] = {name: [] for name in ("zxing-cpp", "zbar", "either", "either, as it is")}
        for width in WIDTHS:
            rng = np.random.default_rng([SEED, version, width])
            hits = np.zeros(4, int)
            wrong = 0
            for index in range(scenes):
                plate = known[index % len(known)]
                picture = scene(plate, width, rng)
                if index < 12 and width == BARS[version]:
                    cv2.imwrite(str(Path(plot).parent / f"scene-v{version}-{index}.png"), picture)
                plain = [zxing(picture), zbar(picture)]
                read = [found or decoder(larger(picture)) for found, decoder in zip(plain, (zxing, zbar))]
                right = [plate[1] in one for one in read]
                wrong += sum(bool(one - {plate[1]}) for one in read)
                hits += [*right, any(right), any(plate[1] in one for one in plain)]
            for name, hit in zip(curves[version], hits):
                curves[version][name].append(hit / scenes)
            line = f"version {version}, {width:3} px ({width / (known[0][3] + 2 * QUIET):.2f} a module): " + ", ".join(
                f"{name} {hit / scenes:.3f}" for name, hit in zip(curves[version], hits)
            )
            if width == BARS[version]:
                reached = hits[2] / scenes >= LEAST
                missed += not reached
                line += f"   <- bar {LEAST}: {'reached' if reached else 'MISSED'}"
            print(line + (f"   decoded to something else: {wrong}" if wrong else ""), flush=True)
    draw(curves, plot, scenes)


def draw(curves, path, scenes):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(12, 5), sharey=True)
    for axis, (version, lines) in zip(axes, curves.items()):
        for (name, shares), style in zip(lines.items(), ("o-", "s-", "k-", "k:")):
            axis.plot(WIDTHS, shares, style, label=name, markersize=4)
        axis.axvline(BARS[version], color="grey", linewidth=1)
        axis.axhline(LEAST, color="grey", linewidth=1)
        axis.set(xlabel="symbol with quiet zone, pixels", title=f"version {version}: 90 % at {BARS[version]} px asked for", ylim=(0, 1.02))
    axes[0].set_ylabel(f"decoded, of {scenes} scenes a width")
    axes[0].legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    main(sys.argv[1:3], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 400)
