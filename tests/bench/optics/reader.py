"""A reader: a classifier of single characters that never saw the face of our plates.

It is trained on other typefaces, degraded in the same way, and says `?` where a careful person would.
"""

import subprocess

import numpy as np
from sklearn.neural_network import MLPClassifier

import optics

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABETS = {
    "letter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "digit": "0123456789",
    "control": "ABCDEFGHJKLMNPRSTUVWXYZ",
    "sparse": "4679ACDEHJLPQSUWXYZ",
}
UNSURE = 0.5  # below this probability of the best a careful person says that it cannot be read
# No relative of Overpass (which follows the American highway alphabet), nothing ornamental, no slashed zero.
FAMILIES = (
    "DejaVu Sans|Liberation Sans|Liberation Sans Narrow|Roboto|Roboto Condensed|Open Sans|Lato|FreeSans|Inter|Cantarell|"
    "Nimbus Sans|Nimbus Sans Narrow|Karla|B612|Universalis ADF Std|Verana Sans|Gillius ADF|Play|Oxygen|Jura"
).split("|")
WEIGHTS = ("Bold", "Regular", "Medium", "SemiBold", "Semibold", "Demi", "Book", "Condensed Bold", "Bold Condensed")


def typefaces():
    """Returns the files of the typefaces that a reader may know, in a fixed order."""
    listed = subprocess.run(["fc-list", ":", "file", "family", "style"], capture_output=True, text=True, check=True).stdout
    found = set()
    for line in listed.splitlines():
        path, _, rest = line.partition(": ")
        family, _, style = rest.partition(":style=")
        names = {name.strip() for name in family.split(",")}
        styles = {name.strip() for name in style.split(",")}
        slanted = any(word in path for word in ("Italic", "Oblique", "Thin", "Hairline", "Light", "[", "Mono"))
        if names & set(FAMILIES) and styles & set(WEIGHTS) and path.endswith((".ttf", ".otf")) and not slanted:
            found.add(path)
    return sorted(found)


def draw_random(faces, rows, heights, rng):
    """Returns cells and labels of random rows in random typefaces at random heights."""
    cells, labels = [], []
    for _ in range(rows):
        text = "".join(rng.choice(list(CHARACTERS), 8))
        face = faces[rng.integers(len(faces))]
        row, places = face.row(text)
        picture, matrix, _ = optics.degrade(row, rng.uniform(*heights), rng)
        cells.append(optics.crop(picture, matrix, places))
        labels.extend(text)
    return np.concatenate(cells), np.array(labels)


class Reader:
    """A trained reader. `share` picks every second typeface, so that two readers share none; `without` a word in the names of
    files that it must not know either."""

    def __init__(self, seed, share, rows=9000, hidden=(192, 96), without=None, heights=(6.5, 13)):
        rng = np.random.default_rng(seed)
        paths = [path for path in typefaces() if not without or without not in path][share::2]
        self.faces = [optics.Face(path) for path in paths]
        cells, labels = draw_random(self.faces, rows, heights, rng)
        self.model = MLPClassifier(hidden, max_iter=14, batch_size=256, early_stopping=False, random_state=seed, alpha=1e-4)
        with np.errstate(all="ignore"):
            import warnings

            warnings.simplefilter("ignore")
            self.model.fit(cells, labels)
        self.classes = "".join(self.model.classes_)

    def probabilities(self, cells, alphabet):
        """Returns the probability of each character of `alphabet`, given that it is one of them."""
        whole = self.model.predict_proba(cells)
        of = whole[:, [self.classes.index(character) for character in alphabet]]
        return of / np.maximum(of.sum(axis=1, keepdims=True), 1e-12)

    def read(self, cells, alphabet):
        """Returns one character a cell, `?` where the reader is unsure."""
        probabilities = self.probabilities(cells, alphabet)
        best = probabilities.argmax(axis=1)
        sure = probabilities.max(axis=1) >= UNSURE
        return [alphabet[index] if known else "?" for index, known in zip(best, sure)]
