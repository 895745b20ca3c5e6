# SPDX-License-Identifier: Apache-2.0
"""Layer normalisation of gates side by side."""

import keras
from keras import ops


class LayerNorm(keras.layers.Layer):
    """Each of `blocks` blocks of columns is normalised by itself, with the biased variance.

    [B, blocks n] to the same shape: gain (a - mean) / sqrt(variance + epsilon) + shift. Variables:
    `gain` and `shift` [blocks n].
    """

    def __init__(self, blocks, epsilon, **kwargs):
        super().__init__(**kwargs)
        self.blocks = blocks
        self.epsilon = epsilon

    def build(self, input_shape):
        self.gain = self.add_weight(name="gain", shape=input_shape[-1:], initializer="ones")
        self.shift = self.add_weight(name="shift", shape=input_shape[-1:], initializer="zeros")

    def call(self, a):
        by_block = ops.reshape(a, (-1, self.blocks, a.shape[-1] // self.blocks))
        centred = by_block - ops.mean(by_block, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
        normed = centred * ops.rsqrt(variance + self.epsilon)
        return self.gain * ops.reshape(normed, (-1, a.shape[-1])) + self.shift

    def java_weights(self):
        return {"gain": self.gain, "shift": self.shift}
