"""Plates as a camera gives them: turned in space, scaled down, blurred, noisy, compressed.

Everything is a function of the generator that is handed in: the same seed, the same pictures.
"""

import cv2
import numpy as np


def motion(length, direction):
    """The kernel of a straight movement of `length` pixels."""
    size = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((size * 8, size * 8), np.float32)
    middle, reach = size * 4, np.array([np.cos(direction), np.sin(direction)]) * length * 4
    ends = [tuple(int(round(value)) for value in middle + sign * reach) for sign in (-1, 1)]
    cv2.line(kernel, *ends, 1.0, 8)
    kernel = cv2.resize(kernel, (size, size), interpolation=cv2.INTER_AREA)
    return kernel / kernel.sum()


def turned(size, rng, roll, yaw, pitch):
    """Corners of a rectangle of this size (width, height), turned in space by normally distributed angles (degrees, sigma)
    and seen from eight widths away; its middle is the origin."""
    width, height = size
    angles = np.deg2rad([rng.normal(0, roll), rng.normal(0, yaw), rng.normal(0, pitch)])
    angles = np.clip(angles, -np.pi / 4, np.pi / 4)
    (cr, cy, cp), (sr, sy, sp) = np.cos(angles), np.sin(angles)
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    corners = np.array([[-width, -height, 0], [width, -height, 0], [width, height, 0], [-width, height, 0]]) / 2
    seen = corners @ (about_z @ about_y @ about_x).T
    distance = 8 * width
    return (seen[:, :2] * (distance / (distance + seen[:, 2:]))).astype(np.float64)


def area(corners):
    """The area of a quadrangle."""
    x, y = corners[:, 0], corners[:, 1]
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def place(plate, corners, scene_size, middle):
    """The matrix that puts the plate's picture with its corners about a point of the scene."""
    height, width = plate.shape
    source = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    return cv2.getPerspectiveTransform(source, np.float32(corners + middle))


def background(size, rng):
    """Something dark and uneven behind the plate: large soft blotches, and some straight edges."""
    width, height = size
    coarse = rng.uniform(40, 170, (max(2, height // 24), max(2, width // 24))).astype(np.float32)
    scene = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    for _ in range(4):
        ends = rng.uniform(0, 1, (2, 2)) * [width, height]
        cv2.line(scene, *[tuple(map(int, end)) for end in ends], float(rng.uniform(20, 200)), int(rng.integers(1, 6)))
    return scene


def photograph(plate, matrix, size, rng, weather):
    """The picture of a plate (0 ink, 255 paper) in its scene. `weather` gives the ranges of blur and movement (pixels), ink,
    paper and noise (grey values of 255) and JPEG quality."""
    width, height = size
    times = 4  # drawn so many times larger first, since light falls on the area of a pixel and not on its middle
    larger = np.diag([times, times, 1.0])
    big = (width * times, height * times)
    # The large drawing is softened to the raster that it is sampled at, or thin lines would tremble.
    here = matrix @ np.array([[0, 1], [0, 0], [1, 1]], float)
    scale = np.linalg.norm(here[:2, 1] / here[2, 1] - here[:2, 0] / here[2, 0]) * times
    if scale < 1:
        plate = cv2.GaussianBlur(plate, (0, 0), 0.4 / scale)
    drawn = cv2.warpPerspective(plate, larger @ matrix, big, flags=cv2.INTER_LINEAR, borderValue=0)
    within = cv2.warpPerspective(np.full_like(plate, 255), larger @ matrix, big, flags=cv2.INTER_LINEAR, borderValue=0)
    drawn, within = (cv2.resize(one, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255 for one in (drawn, within))
    ink, paper = rng.uniform(*weather["ink"]), rng.uniform(*weather["paper"])
    light = 1 + rng.normal(0, 0.08) * np.linspace(-1, 1, width)[None, :] + rng.normal(0, 0.08) * np.linspace(-1, 1, height)[:, None]
    scene = background(size, rng) * (1 - within) + (ink * within + (paper - ink) * drawn) * light
    scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(*weather["blur"]))
    length = rng.uniform(*weather["motion"])
    if length > 0.3:
        scene = cv2.filter2D(scene, -1, motion(length, rng.uniform(0, np.pi)), borderType=cv2.BORDER_REPLICATE)
    scene += rng.normal(0, rng.uniform(*weather["noise"]), scene.shape)
    scene = np.clip(scene, 0, 255).astype(np.uint8)
    quality = int(rng.integers(*weather["jpeg"]))
    return cv2.imdecode(cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)
