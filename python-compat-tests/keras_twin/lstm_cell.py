# SPDX-License-Identifier: Apache-2.0
"""The LSTM of equations 9 and 10, and what it shares with the HyperLSTM."""

import keras
from keras import ops

from .layer_norm import LayerNorm
from .weights import under


def orthogonal_gates(shape, dtype=None):
    """Initial value of a matrix [rows, 4 n]: the block of each gate is orthogonal (A.2.3)."""
    block = (shape[0], shape[1] // 4)
    return ops.concatenate(
        [keras.initializers.Orthogonal()(block, dtype) for _ in range(4)], axis=1)


class GateUpdate(keras.layers.Layer):
    """Equations 9 and 13, from the gates' sums y [B, 4 N] (blocks i, g, f, o) and c [B, N].

    c' = sigmoid(f + forget_bias) c + sigmoid(i) tanh(g) and h' = sigmoid(o) tanh(LN(c')), after
    y <- LN(y) for each gate; epsilon 0 stands for no layer normalisation. c' itself is carried on
    as it is. Variables: `ln/..` of the gates, `ln_c/..` of c'.
    """

    def __init__(self, forget_bias, epsilon, **kwargs):
        super().__init__(**kwargs)
        self.forget_bias = forget_bias
        self.norms = {
            "ln": LayerNorm(4, epsilon), "ln_c": LayerNorm(1, epsilon)} if epsilon > 0 else {}

    def build(self, y_shape, c_shape):
        for norm, shape in zip(self.norms.values(), (y_shape, c_shape)):
            norm.build(shape)

    def call(self, y, c):
        if self.norms:
            y = self.norms["ln"](y)
        i, g, f, o = ops.split(y, 4, axis=1)
        c = ops.sigmoid(f + self.forget_bias) * c + ops.sigmoid(i) * ops.tanh(g)
        shown = self.norms["ln_c"](c) if self.norms else c
        return c, ops.sigmoid(o) * ops.tanh(shown)

    def java_weights(self):
        return {
            name: variable for scope, norm in self.norms.items()
            for name, variable in under(scope, norm.java_weights()).items()}


@keras.saving.register_keras_serializable("hypernet4j")
class LSTMCell(keras.layers.Layer):
    """The LSTM of the paper's baselines, also the usual small cell of a HyperLSTM.

    Inputs [B, I]; output and state c, h [B, units]. Variables: `W_x` [I, 4 units], `W_h`
    [units, 4 units], `b` [4 units] unless use_bias is off, and those of `GateUpdate`.
    """

    def __init__(self, units, use_bias=True, forget_bias=1.0, epsilon=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias
        self.forget_bias = forget_bias
        self.epsilon = epsilon
        self.state_size = [units, units]
        self.output_size = units
        self.update = GateUpdate(forget_bias, epsilon)

    def build(self, input_shape):
        n = self.units
        self.w_x = self.add_weight(
            name="W_x", shape=(input_shape[-1], 4 * n), initializer=orthogonal_gates)
        self.w_h = self.add_weight(name="W_h", shape=(n, 4 * n), initializer=orthogonal_gates)
        if self.use_bias:
            self.b = self.add_weight(name="b", shape=(4 * n,), initializer="zeros")
        self.update.build((None, 4 * n), (None, n))

    def call(self, inputs, states):
        c, h = states
        y = ops.matmul(inputs, self.w_x) + ops.matmul(h, self.w_h)
        if self.use_bias:
            y = y + self.b
        c, h = self.update(y, c)
        return h, [c, h]

    def java_weights(self):
        """Variables by the names that they have in the Java cell."""
        own = {"W_x": self.w_x, "W_h": self.w_h} | ({"b": self.b} if self.use_bias else {})
        return own | self.update.java_weights()

    def get_config(self):
        return super().get_config() | {
            "units": self.units, "use_bias": self.use_bias, "forget_bias": self.forget_bias,
            "epsilon": self.epsilon}
