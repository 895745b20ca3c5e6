# SPDX-License-Identifier: Apache-2.0
"""From the small cell's output to scaling vectors and dynamic bias (equations 11 and 12)."""

import keras
from keras import ops

KINDS = ("h", "x", "b")


class HyperEmbeddings(keras.layers.Layer):
    """For each of four gates: z = A hhat + a, then D z, of three kinds; kind b has no a.

    hhat [B, M] to d_h, d_x and the dynamic bias, [B, 4 N] each. Variables: `A_h`, `A_x`, `A_b`
    [M, 4 E], `a_h`, `a_x` [4 E], `D_h`, `D_x`, `D_b` [4 E, N]; blocks of E for i, g, f, o. At first
    every d is 0.1 and the dynamic bias 0 (A.2.3).
    """

    def __init__(self, units, embedding_size, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.embedding_size = embedding_size

    def build(self, input_shape):
        width = 4 * self.embedding_size
        self.variables_by_name = {}
        for kind in KINDS:
            bias = kind == "b"
            self.add(f"A_{kind}", (input_shape[-1], width),
                     keras.initializers.RandomNormal(stddev=0.01) if bias else "zeros")
            if not bias:
                self.add(f"a_{kind}", (width,), "ones")
            self.add(f"D_{kind}", (width, self.units), "zeros" if bias else
                     keras.initializers.Constant(0.1 / self.embedding_size))

    def add(self, name, shape, initializer):
        self.variables_by_name[name] = self.add_weight(
            name=name, shape=shape, initializer=initializer)

    def call(self, hhat):
        w = self.variables_by_name
        scaled = []
        for kind in KINDS:
            z = ops.matmul(hhat, w[f"A_{kind}"])
            if kind != "b":
                z = z + w[f"a_{kind}"]
            z = ops.reshape(z, (-1, 4, self.embedding_size))
            d = ops.reshape(w[f"D_{kind}"], (4, self.embedding_size, self.units))
            scaled.append(ops.reshape(ops.einsum("bge,gen->bgn", z, d), (-1, 4 * self.units)))
        return scaled

    def java_weights(self):
        return dict(self.variables_by_name)
