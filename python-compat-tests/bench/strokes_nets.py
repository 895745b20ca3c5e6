# SPDX-License-Identifier: Apache-2.0
"""The stroke models of the speed comparison: graphs/strokes-omniglot-*.json, and batches for them.

A decoder without a latent vector, K = 20 components, a three-way pen, sigma above 0.01, |r| below 6;
the cells are those of the NumPy reference, whose names and layouts of parameters are the Java cells'.
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from numpy_reference.hyper_cells import HyperLstm  # noqa: E402
from numpy_reference.mixture import Mixture  # noqa: E402
from numpy_reference.names import under  # noqa: E402
from numpy_reference.plain_cells import Lstm  # noqa: E402
from numpy_reference.strokes import StrokeModel  # noqa: E402

INPUTS, EPSILON = 5, 1e-3


def net(cell, components=20):
    mixture = Mixture(components, "three-way", sigma_floor=0.01, correlation_bound=6.0)
    return StrokeModel(cell, mixture)


def lstm(units, layer_norm=False):
    """With layer normalisation the gates have no bias, as in the paper."""
    if layer_norm:
        return Lstm(INPUTS, units, bias=False, epsilon=EPSILON)
    return Lstm(INPUTS, units)


def hyper_lstm(units, hyper_units, embedding_size, layer_norm=False):
    epsilon = EPSILON if layer_norm else 0.0
    small = Lstm(INPUTS + units, hyper_units, epsilon=epsilon)
    return HyperLstm(INPUTS, units, embedding_size, small, epsilon=epsilon)


NETS = {
    "lstm": net(lstm(336)),
    "ln-lstm": net(lstm(336, layer_norm=True)),
    "hyperlstm": net(hyper_lstm(296, 64, 4)),
    "ln-hyperlstm": net(hyper_lstm(296, 64, 4, layer_norm=True)),
}


def shapes(model):
    """Names and shapes of all parameters."""
    columns = model.mixture.columns()
    return under("cell", model.cell.shapes()) | {
        "output/kernel": (model.cell.output_size, columns), "output/bias": (columns,)}


def random_parameters(model, seed=1):
    """Values with which no gradient vanishes and no gate saturates."""
    random = np.random.default_rng(seed)
    values = {}
    for name, shape in shapes(model).items():
        if len(shape) == 1:
            value = random.normal(1 if name.endswith("gain") else 0, 0.1, shape)
        else:
            value = random.standard_normal(shape) * shape[0] ** -0.5
        if name.startswith("output"):
            value = 0.3 * value  # sigma and rho near those at the start of a training
        values[name] = value.astype(np.float32)
    return values


def random_batch(batch, length, random):
    """Normalised points [B, length, 3] and lengths [B], the longest of which is the batch's."""
    points = random.standard_normal((batch, length, 3)).astype(np.float32)
    points[..., 2] = random.random((batch, length)) < 0.1
    lengths = random.integers(length // 2, length + 1, batch)
    lengths[0] = length
    points[np.arange(length) >= lengths[:, None]] = 0
    return points, lengths


def steps(points, lengths):
    """What a decoder reads and has to foretell, time-major, with one step more than points.

    rows [T + 1, B, 5], the start token first; offsets [T + 1, B, 2]; pens int64 [T + 1, B], 0 down,
    1 up, 2 end; and for each step whether its offset counts and whether its pen does.
    """
    batch, time = points.shape[:2]
    following = np.moveaxis(points, 1, 0)
    nothing = np.zeros((1, batch, 3), np.float32)
    before, after = (np.concatenate(parts) for parts in (
        (nothing, following), (following, nothing)))
    rows = np.concatenate(
        [before[..., :2], 1 - before[..., 2:], before[..., 2:], np.zeros_like(before[..., 2:])], 2)
    place = np.arange(time + 1)[:, None]
    pens = np.where(place == lengths, 2, after[..., 2].astype(np.int64))
    return rows, after[..., :2], pens, place < lengths, place <= lengths
