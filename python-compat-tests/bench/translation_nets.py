# SPDX-License-Identifier: Apache-2.0
"""The translator of the speed comparison: graphs/multi30k-ln-hyperlstm.json, and batches for it.

Two layers of encoder and decoder, layer-normalised HyperLSTMs, normalised additive attention, the
context of the step in the upper layer, the encoder's state passed on. Names and layouts of
parameters are the Java model's. The loss is the cross entropy of all pieces and ends, a sentence.
"""

import dataclasses
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from numpy_reference.hyper_cells import HyperLstm  # noqa: E402
from numpy_reference.plain_cells import Lstm  # noqa: E402
from numpy_reference.translation import END, PAD, START, TranslationModel  # noqa: E402

from hyperlstm_parameters import EPSILON  # noqa: E402

LEARNING_RATE, BETAS, ADAM_EPSILON = 1e-3, (0.9, 0.999), 1e-8
CLIP_NORM = 5.0
KEEP = 0.7
LAYERS = 2


@dataclasses.dataclass(frozen=True)
class Size:
    """V, e, N, M, the size of the cell's embeddings, and A."""

    pieces: int
    embedding: int
    units: int
    hyper_units: int
    hyper_embedding: int
    keys: int


MULTI30K = Size(8000, 256, 256, 64, 16, 256)


def model(size):
    def cell(inputs):
        small = Lstm(inputs + size.units, size.hyper_units, epsilon=EPSILON)
        return HyperLstm(inputs, size.units, size.hyper_embedding, small, epsilon=EPSILON)

    return TranslationModel(
        cell, size.embedding, LAYERS, LAYERS, this_context=True, pass_state=True)


def shapes(size):
    """Names and shapes of all parameters."""
    a, n = size.keys, size.units
    return model(size).shapes(size.pieces, {
        "memory_kernel": (n, a), "query_kernel": (n, a), "v": (a,), "g": (), "b": (a,)})


def random_parameters(size, seed=1):
    """Values with which no gradient vanishes and no gate saturates."""
    random = np.random.default_rng(seed)
    values = {}
    for name, shape in shapes(size).items():
        if len(shape) == 2:
            value = random.standard_normal(shape) * shape[0] ** -0.5
        else:
            value = random.normal(1 if name.endswith(("gain", "/g")) else 0, 0.1, shape)
        if name in ("embedding", "softmax/kernel"):
            value = random.uniform(-0.1, 0.1, shape)
        if name.endswith(("/v", "/b")) and "attention" in name:
            value = random.uniform(-0.5, 0.5, shape)
        values[name] = np.asarray(value, np.float32)
    return values


def random_batch(size, batch, source, target, random, shortest=None):
    """Ids [B, source], ids to read [B, target] and to say: all sentences of full length, or from
    `shortest` pieces on, the longest of full length."""
    given, said = (
        random.integers(4, size.pieces, (batch, time), dtype=np.int32)
        for time in (source, target))
    for ids in (given, said):
        time = ids.shape[1]
        lengths = np.full(batch, time)
        if shortest is not None:
            lengths[1:] = random.integers(shortest, time + 1, batch - 1)
        if ids is said:
            ids[np.arange(batch), lengths - 1] = END
        ids[np.arange(time) >= lengths[:, None]] = PAD
    read = np.concatenate([np.full((batch, 1), START, np.int32), said[:, :-1]], axis=1)
    read[said == PAD] = PAD
    return given, read, said
