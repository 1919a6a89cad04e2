"""Figures with their bars: printed where they are measured, and gathered for one table.

    figures.tell(PART, NAME, VALUES, BAR, UNIT)
    figures.py tell PART NAME BAR UNIT VALUE...   the same from a shell; an empty BAR is none
    figures.py through PART                       passes lines on, and gathers "NAME: MEDIAN (LEAST to MOST, N rounds), bar BAR"
    figures.py table FILE                         one line for each figure

Where the environment names a file in FIGURES each figure is added to it as a line, with tabs between part, name, bar, unit, median,
least, most, how many values, and "reached", "MISSED" or "-".
"""

import os
import pathlib
import re
import statistics
import sys

HOLDS = {">=": lambda value, limit: value >= limit, "<=": lambda value, limit: value <= limit, "=": lambda value, limit: value == limit}
TOLD_ELSEWHERE = re.compile(r"(.+): (\S+) \((\S+) to (\S+), (\d+) rounds\), bar (.+)")


def judged(value, bar):
    if not bar:
        return "-"
    sign, limit = bar.split()
    return "reached" if HOLDS[sign](value, float(limit)) else "MISSED"


def short(value):
    """As many digits as say something."""
    size = abs(value)
    return f"{value:.0f}" if size >= 1000 or value == int(value) else f"{value:.1f}" if size >= 100 else f"{value:.2f}"


def keep(*fields):
    if path := os.environ.get("FIGURES"):
        with open(path, "a") as file:
            file.write("\t".join(map(str, fields)) + "\n")


def tell(part, name, values, bar="", unit="", samples=None):
    """Prints a figure with its spread, and returns whether it reached its bar (none: yes).

    `samples`: how many there were, where the values are only the least, the median and the most of them."""
    values = [values] if isinstance(values, (int, float)) else sorted(values)
    median = statistics.median(values)
    found = judged(median, bar)
    told = f"{name}: {short(median)}{unit and ' ' + unit}"
    if len(values) > 1:
        told += f" ({short(values[0])} to {short(values[-1])}, {f'{samples} samples' if samples else f'{len(values)} rounds'})"
    print(told + (f", bar {bar}: {found}" if bar else ""), flush=True)
    keep(part, name, bar, unit, median, values[0], values[-1], samples or len(values), found)
    return found != "MISSED"


def through(part):
    for line in sys.stdin:
        print(line, end="", flush=True)
        if found := TOLD_ELSEWHERE.fullmatch(line.strip()):
            name, median, least, most, count, bar = found.groups()
            keep(part, name, bar, "", median, least, most, count, judged(float(median), bar))


def table(path):
    rows = [("part", "figure", "bar", "median", "least to most", "")]
    for line in pathlib.Path(path).read_text().splitlines():
        part, name, bar, unit, median, least, most, count, found = line.split("\t")
        median, least, most = (short(float(value)) for value in (median, least, most))
        rows.append((part, name, bar or "-", f"{median}{unit and ' ' + unit}", "" if count == "1" else f"{least} to {most}", found))
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    missed = sum(row[-1] == "MISSED" for row in rows)
    print(f"{len(rows) - 1} figures, {missed} missed")


def main(what, *rest):
    if what == "tell":
        part, name, bar, unit, *values = rest
        tell(part, name, list(map(float, values)), bar, unit)
    elif what == "through":
        through(*rest)
    else:
        table(*rest)


if __name__ == "__main__":
    main(*sys.argv[1:])
