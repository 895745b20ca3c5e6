# SPDX-License-Identifier: Apache-2.0
"""The language model of sections 4.3 and 4.4 around HyperLSTM or LSTM cells."""

import json
import pathlib

import keras
from keras import ops

from .hyper_lstm_cell import HyperLSTMCell
from .lstm_cell import LSTMCell
from .weights import load_weights, read_export, under


@keras.saving.register_keras_serializable("hypernet4j")
class LanguageModel(keras.Model):
    """Symbols one-hot, cells on top of each other, a dense layer: ids [B, T] to logits [B, T, V].

    Java names: `cell/..` of a single cell, `cell/layerK/..` of several, `softmax/kernel` and
    `softmax/bias`.
    """

    def __init__(self, symbols, cells, **kwargs):
        super().__init__(**kwargs)
        self.symbols = symbols
        self.cells = cells
        self.recurrent = [
            keras.layers.RNN(cell, return_sequences=True, return_state=True) for cell in cells]
        self.softmax = keras.layers.Dense(symbols)

    def build(self, input_shape):
        size = self.symbols
        for layer, cell in zip(self.recurrent, self.cells):
            layer.build((None, None, size))
            size = cell.output_size
        self.softmax.build((None, None, size))

    def call(self, ids):
        return self.read(ids)[0]

    def read(self, ids, state=None):
        """Logits and the state after the last step, a list of [B, size] for all cells in turn.

        state is such a list, from before the first step; without it reading starts with zeros.
        """
        x = ops.one_hot(ids, self.symbols)
        after, start = [], 0
        for layer, cell in zip(self.recurrent, self.cells):
            end = start + len(cell.state_size)
            x, *own = layer(x, initial_state=None if state is None else state[start:end])
            after += own
            start = end
        return self.softmax(x), after

    def java_weights(self):
        """All variables by the names that they have in the Java model."""
        if len(self.cells) == 1:
            named = under("cell", self.cells[0].java_weights())
        else:
            named = {}
            for k, cell in enumerate(self.cells):
                named |= under(f"cell/layer{k}", cell.java_weights())
        return named | {"softmax/kernel": self.softmax.kernel, "softmax/bias": self.softmax.bias}

    def get_config(self):
        return super().get_config() | {
            "symbols": self.symbols,
            "cells": [keras.saving.serialize_keras_object(cell) for cell in self.cells]}

    @classmethod
    def from_config(cls, config):
        cells = [keras.saving.deserialize_keras_object(cell) for cell in config["cells"]]
        return cls(**(config | {"cells": cells}))


def cell_of(specification):
    """A cell as a specification file describes it."""
    kind = specification["type"]
    if kind == "lstm":
        return LSTMCell(
            specification["units"], use_bias=specification["bias"],
            forget_bias=specification["forgetBias"],
            epsilon=specification["epsilon"] if specification["layerNorm"] else 0.0)
    if kind == "hyper-lstm":
        epsilon = specification["epsilon"]
        small = LSTMCell(
            specification["hyperUnits"], forget_bias=specification["hyperForgetBias"],
            epsilon=epsilon if specification["hyperLayerNorm"] else 0.0)
        return HyperLSTMCell(
            specification["units"], specification["embeddingSize"], small,
            forget_bias=specification["forgetBias"],
            epsilon=epsilon if specification["layerNorm"] else 0.0)
    raise ValueError(f"no Keras twin of the cell '{kind}'; there are lstm and hyper-lstm")


def from_export(folder):
    """The model of an exported version folder, with its weights."""
    manifest = json.loads(
        (pathlib.Path(folder) / "assets.extra" / "manifest.json").read_text("utf-8"))
    specification = manifest["provenance"]["specification"]["model"]
    cells = [cell_of(specification["cell"]) for _ in range(specification["layers"])]
    model = LanguageModel(specification["symbols"], cells)
    model.build((None, None))
    load_weights(model, read_export(folder))
    return model
