# SPDX-License-Identifier: Apache-2.0
"""What export/reference holds: every generator, cell and option, small, with the numbers drawn."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Optional

import numpy as np

from .generator import TwoLayerLinear
from .hyper_cells import HyperLstm, HyperRnn, HyperRnnFull
from .plain_cells import BasicRnn, Lstm
from .sources import Chunked, Coordinate, Dct, LowRank, Mlp, OneLayerLinear, Templated
from .wrappers import Dropout, Residual, Stacked

STEPS, BATCH = 4, 2
KINDS = {
    BasicRnn: "basic-rnn", Lstm: "lstm", HyperRnn: "hyper-rnn", HyperRnnFull: "hyper-rnn-full",
    HyperLstm: "hyper-lstm", Stacked: "stacked", Residual: "residual", Dropout: "dropout",
    TwoLayerLinear: "two-layer-linear", OneLayerLinear: "one-layer-linear", Mlp: "mlp",
    LowRank: "low-rank", Templated: "templated", Chunked: "chunked", Coordinate: "coordinate",
    Dct: "dct"}


@dataclass(frozen=True)
class Case:
    """A cell or generator; its random numbers come from the seed."""

    name: str
    model: Any
    seed: int
    lengths: Optional[tuple] = None


def describe(model):
    """A cell or generator as JSON: its kind, and its settings in camel case."""
    if isinstance(model, (tuple, list)):
        return [describe(item) for item in model]
    if not is_dataclass(model):
        return model
    described = {"kind": KINDS[type(model)]}
    for field in fields(model):
        first, *rest = field.name.split("_")
        key = first + "".join(word.capitalize() for word in rest)
        described[key] = describe(getattr(model, field.name))
    return described


class Numbers:
    """Random arrays that are float32 exactly, and the same on every machine."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)  # its numbers never change between versions

    def uniform(self, shape):
        """Between -1 and 1, as float64."""
        drawn = self.random.random_sample(shape) * 2 - 1
        return drawn.astype(np.float32).astype(np.float64)

    def parameters(self, shapes):
        """Far from the initial values, whose zeros and ones would hide terms."""
        return {
            name: self.uniform(shape) + (1 if name.endswith("gain") else 0)
            for name, shape in shapes.items()}

    def mask(self, shape):
        """Of dropout that keeps one half: 0 or 2."""
        return np.where(self.random.random_sample(shape) < 0.5, 0.0, 2.0)


def _cells():
    lstm = Lstm(7, 5)
    norm_lstm = Lstm(7, 5, epsilon=1e-3)
    norm_hyper = HyperLstm(3, 4, 2, norm_lstm, epsilon=1e-3)
    return {
        "basic-rnn": BasicRnn(3, 4),
        "lstm": Lstm(3, 4),
        "lstm-without-bias": Lstm(3, 4, bias=False, forget_bias=0.0),
        "lstm-recurrent-dropout": Lstm(3, 4, recurrent_dropout=True),
        "layer-norm-lstm": Lstm(3, 4, bias=False, epsilon=1e-3),
        "layer-norm-lstm-options": Lstm(
            3, 4, bias=True, forget_bias=0.25, epsilon=0.02, recurrent_dropout=True),
        "hyper-rnn": HyperRnn(3, 4, 2, BasicRnn(7, 5)),
        "hyper-rnn-around-lstm": HyperRnn(3, 4, 2, norm_lstm),
        "hyper-rnn-full": HyperRnnFull(3, 4, 2, BasicRnn(7, 5)),
        "hyper-lstm": HyperLstm(3, 4, 2, lstm),
        "hyper-lstm-layer-norm": norm_hyper,
        "hyper-lstm-main-layer-norm": HyperLstm(3, 4, 2, lstm, epsilon=1e-3),
        "hyper-lstm-small-layer-norm": HyperLstm(3, 4, 2, norm_lstm),
        "hyper-lstm-options": HyperLstm(
            3, 4, 2, Lstm(7, 5, bias=False, forget_bias=-0.5, epsilon=0.004),
            forget_bias=0.25, epsilon=0.02),
        "hyper-lstm-large-embedding": HyperLstm(3, 4, 17, norm_lstm, epsilon=1e-3),
        "hyper-lstm-recurrent-dropout": HyperLstm(
            3, 4, 2, Lstm(7, 5, epsilon=1e-3, recurrent_dropout=True),
            epsilon=1e-3, recurrent_dropout=True),
        "hyper-lstm-around-hyper-lstm": HyperLstm(
            3, 4, 2, HyperLstm(7, 3, 2, Lstm(10, 2)), epsilon=1e-3),
        "hyper-lstm-around-basic-rnn": HyperLstm(3, 4, 2, BasicRnn(7, 5), epsilon=1e-3),
        "hyper-lstm-lengths": norm_hyper,
        "stacked-layer-norm-hyper-lstm": Stacked((
            norm_hyper,
            HyperLstm(4, 3, 2, Lstm(7, 5, epsilon=1e-3), epsilon=1e-3))),
        "stacked-output-dropout": Stacked(
            (Lstm(3, 4, recurrent_dropout=True), BasicRnn(4, 3)), output_dropout=True),
        "residual": Residual(Lstm(3, 3)),
        "residual-hyper-lstm": Residual(HyperLstm(3, 3, 2, Lstm(6, 4))),
        "dropout": Dropout(Lstm(3, 4, recurrent_dropout=True)),
    }


def _generators():
    basic = (3, 2, 2, 3)
    kernels = (("conv2", (3, 2, 4, 9)), ("conv3", basic), ("conv4", basic))
    dense = (("dense", (1, 1, 4, 9)),)
    return {
        "two-layer-linear": TwoLayerLinear((3, 3, 4, 4), 3, 3, (("conv", (3, 3, 4, 4)),)),
        "two-layer-linear-tiled": TwoLayerLinear(
            (3, 2, 2, 3), 4, 5,
            (("conv2", (3, 2, 4, 9)), ("conv3", (3, 2, 2, 3)), ("conv4", (3, 2, 6, 3)))),
        "two-layer-linear-dense": TwoLayerLinear((1, 1, 4, 3), 2, 3, (("dense", (1, 1, 8, 6)),)),
        "one-layer-linear": OneLayerLinear(basic, 4, kernels),
        "mlp": Mlp(basic, 4, (5, 3), kernels),
        "low-rank": LowRank(basic, 4, 2, kernels),
        "templated": Templated(3, kernels),
        "chunked": Chunked(25, 3, (5,), kernels),
        "coordinate": Coordinate((5, 4), 2, kernels),
        "coordinate-dense": Coordinate((5,), 0, dense),
        "dct": Dct(0.6, kernels),
    }


CELLS = [
    Case(name, cell, seed=100 + k, lengths=(2, 4) if name == "hyper-lstm-lengths" else None)
    for k, (name, cell) in enumerate(_cells().items())]
GENERATORS = [
    Case(name, generator, seed=200 + k)
    for k, (name, generator) in enumerate(_generators().items())]
