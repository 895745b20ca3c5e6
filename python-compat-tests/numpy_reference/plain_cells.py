# SPDX-License-Identifier: Apache-2.0
"""Cells without a hypernetwork.

Every cell of this package has `input_size`, `output_size`; `shapes()`, {name: shape} of its
parameters; `state_sizes()` and `mask_sizes()`, {name: size} of its state and of the dropout masks
that it takes; and `step(w, x, state, masks)` with parameters, state and masks by these names, x
[B, I] and every part [B, size], which gives the output [B, output_size] and the next state. Without
masks there is no dropout.
"""

from dataclasses import dataclass

import numpy as np

from .maths import gates, lstm_update, norm_shapes


@dataclass(frozen=True)
class BasicRnn:
    """Section 3.2: h' = tanh(W_h h + W_x x + b)."""

    input_size: int
    units: int

    @property
    def output_size(self):
        return self.units

    def shapes(self):
        n = self.units
        return {"W_x": (self.input_size, n), "W_h": (n, n), "b": (n,)}

    def state_sizes(self):
        return {"h": self.units}

    def mask_sizes(self):
        return {}

    def step(self, w, x, state, masks):
        h = np.tanh(state["h"] @ w["W_h"] + x @ w["W_x"] + w["b"])
        return h, {"h": h}


@dataclass(frozen=True)
class Lstm:
    """Equation 9, with a forget bias and, if epsilon > 0, layer normalisation (equation 10)."""

    input_size: int
    units: int
    bias: bool = True
    forget_bias: float = 1.0
    epsilon: float = 0.0
    recurrent_dropout: bool = False

    @property
    def output_size(self):
        return self.units

    def shapes(self):
        n = self.units
        return {
            "W_x": (self.input_size, 4 * n), "W_h": (n, 4 * n),
            **({"b": (4 * n,)} if self.bias else {}),
            **norm_shapes(n, self.epsilon)}

    def state_sizes(self):
        return {"c": self.units, "h": self.units}

    def mask_sizes(self):
        return {"tanh_g": self.units} if self.recurrent_dropout else {}

    def step(self, w, x, state, masks):
        y = state["h"] @ w["W_h"] + x @ w["W_x"]
        if self.bias:
            y = y + w["b"]
        c, h = lstm_update(
            w, gates(y), state["c"], self.forget_bias, self.epsilon, masks.get("tanh_g"))
        return h, {"c": c, "h": h}
