"""Rows of characters as a camera would give them: drawn large, then degraded to a few pixels of height.

Everything is a function of the generator that is handed in: the same seed, the same pictures.
"""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CAP = 64  # height of capitals in the large drawing, pixels
TRACKING = 0.10  # distance of characters, as part of the height of capitals: the default of [plates] in config/base.toml
SOFT = 1.2  # from this width of the blur on a picture is soft, pixels: about half of them
CELL_WIDTH, CELL_HEIGHT = 20, 20  # what a classifier is shown of one character, pixels


class Face:
    """A typeface whose capitals are CAP pixels high."""

    def __init__(self, path):
        self.path = path
        probe = ImageFont.truetype(path, 200)
        left, top, right, bottom = probe.getbbox("H")
        self.font = ImageFont.truetype(path, round(200 * CAP / (bottom - top)))
        _, self.top, _, _ = self.font.getbbox("H")
        self.glyphs = {}

    def glyph(self, character):
        """The ink of a character, and how far it reaches below the top of capitals."""
        if character not in self.glyphs:
            left, top, right, bottom = self.font.getbbox(character)
            image = Image.new("L", (max(1, right - left), CAP + 24), 0)
            ImageDraw.Draw(image).text((-left, 12 - self.top), character, fill=255, font=self.font)
            self.glyphs[character] = np.asarray(image)
        return self.glyphs[character]

    def row(self, text, margin=32):
        """Draws a text; returns the picture (255 paper, 0 ink) and the left and right edge of each character."""
        glyphs = [self.glyph(character) for character in text]
        gap = round(TRACKING * CAP)
        width = sum(glyph.shape[1] for glyph in glyphs) + gap * (len(text) - 1) + 2 * margin
        row = np.full((CAP + 24 + 2 * 16, width), 255, np.uint8)
        cells, left = [], margin
        for glyph in glyphs:
            right = left + glyph.shape[1]
            row[16 : 16 + glyph.shape[0], left:right] = 255 - glyph
            cells.append((left, right))
            left = right + gap
        return row, cells


def degrade(row, height, rng):
    """Returns the row as seen with capitals of `height` pixels, the matrix from the large drawing to it, and whether it is soft."""
    scale = height / CAP
    angle = np.deg2rad(rng.normal(0, 1.2))
    shear = rng.normal(0, 0.03)
    stretch = 1 + rng.normal(0, 0.03)
    shift = rng.uniform(0, 1, 2)
    matrix = np.array(
        [
            [scale * stretch * np.cos(angle), scale * (shear - np.sin(angle)), shift[0] + 2],
            [scale * np.sin(angle), scale * np.cos(angle), shift[1] + 2],
        ]
    )
    width = int(row.shape[1] * scale * 1.06) + 6
    tall = int(row.shape[0] * scale * 1.06) + 6 + int(abs(np.sin(angle)) * width)
    # Light falls on an area: blur to the size of a pixel first, then sample.
    optical = np.hypot(0.42, rng.uniform(0.6, 1.45)) / scale
    soft = cv2.GaussianBlur(row, (0, 0), optical)
    length = rng.uniform(0, 2.8) / scale
    # A straight movement spreads as much as a bell of this width.
    softness = np.hypot(optical, length / np.sqrt(12)) * scale
    if length > 1.5:
        soft = cv2.filter2D(soft, -1, streak(length, rng.uniform(0, np.pi)))
    small = cv2.warpAffine(soft, matrix, (width, tall), flags=cv2.INTER_LINEAR, borderValue=255).astype(np.float32)
    black, white = rng.uniform(20, 90), rng.uniform(140, 235)
    small = black + (white - black) * small / 255
    slope = rng.normal(0, 12)
    small += slope * np.linspace(-0.5, 0.5, width)[None, :]
    small += rng.normal(0, rng.uniform(3, 14), small.shape)
    small = np.clip(small, 0, 255).astype(np.uint8)
    quality = int(rng.integers(35, 88))
    return cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), matrix, softness > SOFT


def streak(length, direction):
    """The kernel of a straight movement."""
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size, size), np.float32)
    middle = size // 2
    reach = np.array([np.cos(direction), np.sin(direction)]) * length / 2
    start = tuple(int(round(value)) for value in middle - reach)
    end = tuple(int(round(value)) for value in middle + reach)
    cv2.line(kernel, start, end, 1.0)
    return kernel / kernel.sum()


def crop(picture, matrix, cells):
    """Returns what a classifier is shown of each character: its cell with a little of its neighbours, normalised."""
    shown = np.empty((len(cells), CELL_HEIGHT, CELL_WIDTH), np.float32)
    for index, (left, right) in enumerate(cells):
        middle, reach = (left + right) / 2, CAP * 0.55
        corners = np.array([[middle - reach, 28 - CAP * 0.05], [middle + reach, 28 - CAP * 0.05], [middle - reach, 28 + CAP * 1.05]])
        source = (matrix[:, :2] @ corners.T + matrix[:, 2:]).T.astype(np.float32)
        target = np.float32([[0, 0], [CELL_WIDTH - 1, 0], [0, CELL_HEIGHT - 1]])
        to_cell = cv2.getAffineTransform(source, target)
        shown[index] = cv2.warpAffine(picture, to_cell, (CELL_WIDTH, CELL_HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    flat = shown.reshape(len(cells), -1)
    low = np.percentile(flat, 5, axis=1, keepdims=True)
    high = np.percentile(flat, 95, axis=1, keepdims=True)
    return np.clip((flat - low) / np.maximum(high - low, 16), -0.3, 1.3)
