# SPDX-License-Identifier: Apache-2.0
"""The HyperLSTM cell (equations 10 to 13)."""

import keras
from keras import ops

from .embeddings import HyperEmbeddings
from .lstm_cell import GateUpdate, orthogonal_gates
from .weights import under


@keras.saving.register_keras_serializable("hypernet4j")
class HyperLSTMCell(keras.layers.Layer):
    """An LSTM whose matrices a smaller cell rescales, row by row and gate by gate, at every step.

    hhat = small cell on [x; h], and for each gate, with d_h, d_x, beta made from hhat,
    y = d_x (x W_x) + d_h (h W_h) + beta + b; then `GateUpdate`. There is no dropout.

    Inputs [B, I]; output [B, units]; state: c and h [B, units], then that of the small cell.
    Variables: `W_x` [I, 4 units], `W_h` [units, 4 units], `b` [4 units], those of `GateUpdate`,
    `embedding/..` and `hyper/..`.

    hyper_cell is an LSTMCell, or any cell here; epsilon is that of the main cell, 0 for no layer
    normalisation.
    """

    def __init__(
            self, units, embedding_size, hyper_cell, forget_bias=1.0, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.embedding_size = embedding_size
        self.hyper_cell = hyper_cell
        self.forget_bias = forget_bias
        self.epsilon = epsilon
        self.state_size = [units, units, *hyper_cell.state_size]
        self.output_size = units
        self.embedding = HyperEmbeddings(units, embedding_size)
        self.update = GateUpdate(forget_bias, epsilon)

    def build(self, input_shape):
        n = self.units
        self.w_x = self.add_weight(
            name="W_x", shape=(input_shape[-1], 4 * n), initializer=orthogonal_gates)
        self.w_h = self.add_weight(name="W_h", shape=(n, 4 * n), initializer=orthogonal_gates)
        self.b = self.add_weight(name="b", shape=(4 * n,), initializer="zeros")
        if not self.hyper_cell.built:  # Keras builds it by itself when it opens a saved model
            self.hyper_cell.build((None, input_shape[-1] + n))
        self.embedding.build((None, self.hyper_cell.output_size))
        self.update.build((None, 4 * n), (None, n))

    def call(self, inputs, states):
        c, h, *hyper_state = states
        hhat, hyper_state = self.hyper_cell(
            ops.concatenate([inputs, h], axis=1), hyper_state)
        d_h, d_x, beta = self.embedding(hhat)
        y = d_x * ops.matmul(inputs, self.w_x) + d_h * ops.matmul(h, self.w_h) + beta + self.b
        c, h = self.update(y, c)
        return h, [c, h, *hyper_state]

    def java_weights(self):
        """Variables by the names that they have in the Java cell."""
        return {
            "W_x": self.w_x, "W_h": self.w_h, "b": self.b,
            **under("embedding", self.embedding.java_weights()),
            **self.update.java_weights(),
            **under("hyper", self.hyper_cell.java_weights())}

    def get_config(self):
        return super().get_config() | {
            "units": self.units, "embedding_size": self.embedding_size,
            "hyper_cell": keras.saving.serialize_keras_object(self.hyper_cell),
            "forget_bias": self.forget_bias, "epsilon": self.epsilon}

    @classmethod
    def from_config(cls, config):
        hyper_cell = keras.saving.deserialize_keras_object(config["hyper_cell"])
        return cls(**(config | {"hyper_cell": hyper_cell}))
