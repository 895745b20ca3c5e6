# SPDX-License-Identifier: Apache-2.0
"""Measures of predictions in NumPy float64, from their definitions rather than by fast ways.

The area under the ROC compares every pair, the hypervolume adds up the cells of a grid, ranks count
what is smaller and what is equal; the Java classes of package measure sort instead.

    python python-compat-tests/numpy_reference/measures.py

writes src/test/resources/measure/measures.npz: inputs, many of them ties, and what they give.
"""

import pathlib

import numpy as np

FILE = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/measure/measures.npz"


def nll(p, y):
    return -np.log(p[np.arange(len(y)), y]).mean()


def bins_of(p, y, bins=15):
    """Edges, counts, mean confidences and accuracies of (k/bins, (k+1)/bins]; NaN where empty."""
    confidence = p.max(axis=1)
    right = p.argmax(axis=1) == y
    edges = np.arange(bins + 1) / bins
    inside = (confidence[:, None] > edges[:-1]) & (confidence[:, None] <= edges[1:])
    count = inside.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return edges, count, (inside * confidence[:, None]).sum(0) / count, \
            (inside & right[:, None]).sum(0) / count


def ece(p, y, bins=15):
    _, count, confidence, accuracy = bins_of(p, y, bins)
    full = count > 0
    return (count[full] / len(y) * np.abs(accuracy[full] - confidence[full])).sum()


def entropy(p):
    return -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=-1)


def mutual_information(draws):
    """[R, n, classes] -> [n]: the mean divergence of a draw from the mean of all draws."""
    mean = draws.mean(axis=0)
    ratio = np.where(draws > 0, draws / np.where(mean > 0, mean, 1), 1)
    return np.where(draws > 0, draws * np.log(ratio), 0).sum(axis=-1).mean(axis=0)


def auroc(inside, outside):
    pairs = outside[:, None] - inside[None, :]
    return ((pairs > 0) + 0.5 * (pairs == 0)).mean()


def ranks(values):
    smaller = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return smaller + (equal + 1) / 2


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def hypervolume(points, reference):
    """The cells of the grid through all coordinates whose lower corner some point dominates."""
    xs = np.unique(np.append(np.minimum(points[:, 0], reference[0]), reference[0]))
    ys = np.unique(np.append(np.minimum(points[:, 1], reference[1]), reference[1]))
    covered = ((points[:, 0, None, None] <= xs[None, :-1, None])
               & (points[:, 1, None, None] <= ys[None, None, :-1])).any(axis=0)
    return (covered * np.diff(xs)[:, None] * np.diff(ys)[None, :]).sum()


def arrays():
    """Inputs and results."""
    draw = np.random.default_rng(16)
    logits = 3 * draw.normal(size=(400, 5))
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    # fifths: ties, zeros, confidences on the edges of bins
    p[:40] = draw.multinomial(5, [0.6, 0.1, 0.1, 0.1, 0.1], size=40) / 5
    y = np.where(draw.random(400) < 0.7, p.argmax(axis=1), draw.integers(0, 5, size=400))
    y[:40] = p[:40].argmax(axis=1)  # a label with probability 0 would make the NLL infinite
    draws = np.exp(2 * draw.normal(size=(7, 30, 4)))
    draws[:, :10] = np.eye(4)[draw.integers(0, 4, size=(7, 10))]  # 0 log 0
    draws /= draws.sum(axis=-1, keepdims=True)
    inside = np.round(draw.normal(size=300), 1)
    outside = np.round(0.8 + draw.normal(size=170), 1)
    first = draw.integers(0, 9, size=60) / 8
    second = np.round(first + 0.6 * draw.normal(size=60), 1)
    points = np.round(4 * draw.random((40, 2)), 1)
    points[:, 1] = np.round(3 * (1 - points[:, 0] / 4) ** 2 + points[:, 1] / 4, 1)  # a curved front
    edges, count, confidence, accuracy = bins_of(p, y)
    return {
        "probabilities": p, "labels": y.astype(np.int32),
        "nll": nll(p, y), "accuracy": (p.argmax(axis=1) == y).mean(), "ece": ece(p, y),
        "binEdges": edges, "binCounts": count.astype(np.int32), "binConfidences": confidence,
        "binAccuracies": accuracy,
        "draws": draws, "meanEntropy": entropy(draws.mean(axis=0)),
        "mutualInformation": mutual_information(draws),
        "inside": inside, "outside": outside, "auroc": auroc(inside, outside),
        "first": first, "second": second, "ranks": ranks(first),
        "spearman": spearman(first, second),
        "points": points, "reference": np.array([3.0, 2.5]),
        "hypervolume": hypervolume(points, (3.0, 2.5))}


def main():
    FILE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(FILE, **arrays())


if __name__ == "__main__":
    main()
