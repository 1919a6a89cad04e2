"""Holds answers against the truth: a table of figures with the bars of the design, and a plot of what probabilities mean.

usage: tell.py SEEN.tsv ANSWERS.tsv PLOT.png
"""

import sys
from collections import defaultdict

import numpy as np

SURE = 0.95
# What the design asks (3.3), by cell: the figure, whether it must be at least or at most that.
BARS = {
    "10 px, pair": {"silent": ("<=", 0.002), "top1": (">=", 0.97)},
    "8 px, pair": {"silent": ("<=", 0.003), "top1": (">=", 0.92)},
    "10 px, small pair": {"silent": ("<=", 0.002), "top1": (">=", 0.97)},
    "8 px, small pair": {"silent": ("<=", 0.003), "top1": (">=", 0.92)},
    "12 px, no pair, 50 scattered": {"top1": (">=", 0.97)},
    "10 px, no pair, 50 scattered": {"top1": (">=", 0.97)},
    "8 px, no pair, 50 scattered": {"top1": (">=", 0.97)},
}


def wilson(hits, of, z=1.96):
    """Wilson's interval of a share."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def load(seen, answers):
    """Returns for each cell: truth, text, verdict, ranked numbers with probabilities."""
    cells = defaultdict(list)
    with open(seen) as asked, open(answers) as told:
        for question, answer in zip((line for line in asked if not line.startswith("issued\t")), told, strict=True):
            cell, ident, truth, text, _ = question.rstrip("\n").split("\t")
            cell_told, ident_told, verdict, ranked = answer.rstrip("\n").split("\t")
            assert (cell, ident) == (cell_told, ident_told)
            pairs = [one.split(":") for one in ranked.split()]
            cells[cell].append((truth, text, verdict, [(number, float(p)) for number, p in pairs]))
    return cells


def figures(rows):
    of = len(rows)
    exact = sum(text.replace(" ", "")[: len(truth)] == truth for truth, text, _, _ in rows)
    silent = sum(verdict == "exact" and ranked[0][0] != truth for truth, _, verdict, ranked in rows)
    top1 = sum(bool(ranked) and ranked[0][0] == truth for truth, _, _, ranked in rows)
    top5 = sum(any(number == truth for number, _ in ranked) for truth, _, _, ranked in rows)
    sure = [(ranked[0][0] == truth) for truth, _, _, ranked in rows if ranked and ranked[0][1] >= SURE]
    return {"of": of, "exact": exact, "silent": silent, "top1": top1, "top5": top5, "sure": len(sure), "wrong": len(sure) - sum(sure)}


def passes(share, bar):
    sign, limit = bar
    return share >= limit if sign == ">=" else share <= limit


def table(cells):
    print(f"{'cell':34} {'plates':>6} {'read right':>10} {'silent wrong':>13} {'first':>8} {'of five':>8} {'sure':>7} {'sure, wrong':>12}")
    everything = [0, 0]
    for cell, rows in cells.items():
        found = figures(rows)
        of = found["of"]
        everything[0] += found["sure"]
        everything[1] += found["wrong"]
        wrong = found["wrong"] / max(1, found["sure"])
        print(
            f"{cell:34} {of:6} {found['exact'] / of:10.4f} {found['silent'] / of:13.4f} {found['top1'] / of:8.4f} "
            f"{found['top5'] / of:8.4f} {found['sure'] / of:7.4f} {wrong:12.5f}"
        )
        for name, bar in BARS.get(cell, {}).items():
            low, high = wilson(found[name], of)
            verdict = "reached" if passes(found[name] / of, bar) else "MISSED"
            print(f"    {name} {bar[0]} {bar[1]}: {verdict} (95 % interval {low:.4f} to {high:.4f})")
    low, high = wilson(everything[1], everything[0])
    share = everything[1] / max(1, everything[0])
    verdict = "reached" if share <= 0.001 else "MISSED"
    print(f"confident (p >= {SURE}) and wrong <= 0.001: {verdict}: {share:.5f} of {everything[0]} ({low:.5f} to {high:.5f})")


def plot(cells, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    groups = {
        "with the pair": lambda cell: ", pair" in cell and "," not in cell.split(", pair", 1)[1],
        "with the pair as on the rear plate": lambda cell: cell.endswith("small pair"),
        "without the pair": lambda cell: cell.endswith("no pair"),
        "without, 50 or 500 nearby": lambda cell: ", no pair, " in cell,
        "sparse-19": lambda cell: cell.endswith("sparse-19"),
    }
    edges = np.array([0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0000001])
    figure, axes = pyplot.subplots(1, 2, figsize=(12, 6))
    for name, within in groups.items():
        told, right = [], []
        for cell, rows in cells.items():
            if within(cell):
                for truth, _, _, ranked in rows:
                    for number, p in ranked:
                        told.append(p)
                        right.append(number == truth)
        told, right = np.array(told), np.array(right)
        where = np.digitize(told, edges) - 1
        points = [(told[where == bin].mean(), right[where == bin].mean(), (where == bin).sum(), right[where == bin].sum()) for bin in range(len(edges) - 1) if (where == bin).sum() >= 20]
        means, shares, counts, hits = map(np.array, zip(*points))
        spans = np.array([wilson(hit, count) for hit, count in zip(hits, counts)])
        for axis, turn in ((axes[0], lambda value: value), (axes[1], lambda value: np.log10(np.maximum(1e-5, 1 - value)))):
            x, y = turn(means), turn(shares)
            low, high = np.minimum(turn(spans[:, 0]), turn(spans[:, 1])), np.maximum(turn(spans[:, 0]), turn(spans[:, 1]))
            axis.errorbar(x, y, yerr=[np.maximum(0, y - low), np.maximum(0, high - y)], fmt="o-", capsize=3, label=name)
    axes[0].plot([0, 1], [0, 1], "k:", linewidth=1)
    axes[0].set(xlabel="probability told", ylabel="share that was right", title="what a probability means")
    axes[1].plot([-5, 0], [-5, 0], "k:", linewidth=1)
    axes[1].set(xlabel="log10(1 - probability told)", ylabel="log10(share that was wrong)", title="near certainty")
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    told = load(sys.argv[1], sys.argv[2])
    table(told)
    plot(told, sys.argv[3])
