# SPDX-License-Identifier: Apache-2.0
"""Cells whose weights a smaller cell makes or scales at every step.

The small cell reads [x; h] and its output hhat of step t is used at step t (the paper prints
hhat_{t-1} in equations 6 and 11; its text and all public codes use hhat_t).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .maths import GATES, beside, gates, lstm_update, norm_shapes
from .names import below, under


def small_step(cell, w, x, h, state, masks):
    """One step of the small cell, which lives below `hyper`; gives hhat [B, M] and its state."""
    return cell.step(
        below("hyper", w), beside(x, h), below("hyper", state), below("hyper", masks))


def rows(blocks, matrix, k):
    """Block k of a matrix [blocks n, ..]: [n, ..]."""
    return np.split(matrix, blocks, axis=-2)[k]


def columns(blocks, matrix, k):
    """Block k of an array [.., blocks n]: [.., n]."""
    return np.split(matrix, blocks, axis=-1)[k]


def embedding_shapes(count, hyper_units, embedding_size, units):
    """Parameters of `scalings` for `count` gates."""
    width = count * embedding_size
    shapes = {f"A_{kind}": (hyper_units, width) for kind in "hxb"}
    shapes |= {f"a_{kind}": (width,) for kind in "hx"}
    return shapes | {f"D_{kind}": (width, units) for kind in "hxb"}


def scalings(w, hhat, count, k):
    """Equations 7, 8, 11 and 12 for gate k of `count`: d_h, d_x and D_b z_b, [B, N] each.

    z_h = A_h hhat + a_h, z_x = A_x hhat + a_x, z_b = A_b hhat; d_h = D_h z_h, d_x = D_x z_x.
    """
    z_h = hhat @ columns(count, w["A_h"], k) + columns(count, w["a_h"], k)
    z_x = hhat @ columns(count, w["A_x"], k) + columns(count, w["a_x"], k)
    z_b = hhat @ columns(count, w["A_b"], k)
    return (
        z_h @ rows(count, w["D_h"], k), z_x @ rows(count, w["D_x"], k),
        z_b @ rows(count, w["D_b"], k))


@dataclass(frozen=True)
class HyperRnn:
    """Equations 7 and 8: h' = tanh(d_h * (W_h h) + d_x * (W_x x) + D_b z_b + b)."""

    input_size: int
    units: int
    embedding_size: int
    hyper: Any

    @property
    def output_size(self):
        return self.units

    def shapes(self):
        n = self.units
        return {
            "W_x": (self.input_size, n), "W_h": (n, n), "b": (n,),
            **under("embedding", embedding_shapes(
                1, self.hyper.output_size, self.embedding_size, n)),
            **under("hyper", self.hyper.shapes())}

    def state_sizes(self):
        return {"h": self.units, **under("hyper", self.hyper.state_sizes())}

    def mask_sizes(self):
        return under("hyper", self.hyper.mask_sizes())

    def step(self, w, x, state, masks):
        h = state["h"]
        hhat, small = small_step(self.hyper, w, x, h, state, masks)
        d_h, d_x, beta = scalings(below("embedding", w), hhat, 1, 0)
        h = np.tanh(d_h * (h @ w["W_h"]) + d_x * (x @ w["W_x"]) + beta + w["b"])
        return h, {"h": h, **under("hyper", small)}


@dataclass(frozen=True)
class HyperRnnFull:
    """Equations 5 and 6: h' = tanh(W_h(z_h) h + W_x(z_x) x + b(z_b)), whole matrices generated.

    W_h(z_h) = <W_hz, z_h> with W_hz [N, N, E]; here `W_hz` [N, E N] has column block e for entry e
    of z_h, and `W_xz` [I, E N] likewise; b(z_b) = W_bz z_b + b.
    """

    input_size: int
    units: int
    embedding_size: int
    hyper: Any

    @property
    def output_size(self):
        return self.units

    def shapes(self):
        n, e, m = self.units, self.embedding_size, self.hyper.output_size
        return {
            "A_h": (m, e), "A_x": (m, e), "A_b": (m, e), "a_h": (e,), "a_x": (e,),
            "W_hz": (n, e * n), "W_xz": (self.input_size, e * n), "W_bz": (e, n), "b": (n,),
            **under("hyper", self.hyper.shapes())}

    def state_sizes(self):
        return {"h": self.units, **under("hyper", self.hyper.state_sizes())}

    def mask_sizes(self):
        return under("hyper", self.hyper.mask_sizes())

    def generate(self, blocks, z):
        """<blocks, z>: blocks [n, E N] and z [B, E] to one matrix for each example, [B, n, N]."""
        e, n = self.embedding_size, self.units
        return np.einsum("...keo,...be->...bko", blocks.reshape(*blocks.shape[:-1], e, n), z)

    def step(self, w, x, state, masks):
        h = state["h"]
        hhat, small = small_step(self.hyper, w, x, h, state, masks)
        w_h = self.generate(w["W_hz"], hhat @ w["A_h"] + w["a_h"])
        w_x = self.generate(w["W_xz"], hhat @ w["A_x"] + w["a_x"])
        b = hhat @ w["A_b"] @ w["W_bz"] + w["b"]
        product = "...bk,...bko->...bo"
        h = np.tanh(np.einsum(product, h, w_h) + np.einsum(product, x, w_x) + b)
        return h, {"h": h, **under("hyper", small)}


@dataclass(frozen=True)
class HyperLstm:
    """Equations 10 to 13: an LSTM whose matrices are rescaled row by row, each gate on its own.

    y = LN(d_h^y * (W_h^y h) + d_x^y * (W_x^y x) + D_b^y z_b^y + b^y) for each gate y, LN only if
    epsilon > 0; then the update of the LSTM. The small cell has layer normalisation and a forget
    bias of its own.
    """

    input_size: int
    units: int
    embedding_size: int
    hyper: Any
    forget_bias: float = 1.0
    epsilon: float = 0.0
    recurrent_dropout: bool = False

    @property
    def output_size(self):
        return self.units

    def shapes(self):
        n = self.units
        return {
            "W_x": (self.input_size, 4 * n), "W_h": (n, 4 * n), "b": (4 * n,),
            **under("embedding", embedding_shapes(
                4, self.hyper.output_size, self.embedding_size, n)),
            **norm_shapes(n, self.epsilon),
            **under("hyper", self.hyper.shapes())}

    def state_sizes(self):
        main = {"main/c": self.units, "main/h": self.units}
        return main | under("hyper", self.hyper.state_sizes())

    def mask_sizes(self):
        main = {"main/tanh_g": self.units} if self.recurrent_dropout else {}
        return main | under("hyper", self.hyper.mask_sizes())

    def step(self, w, x, state, masks):
        h = state["main/h"]
        hhat, small = small_step(self.hyper, w, x, h, state, masks)
        w_h, w_x, b = gates(w["W_h"]), gates(w["W_x"]), gates(w["b"])
        y = {}
        for k, gate in enumerate(GATES):
            d_h, d_x, beta = scalings(below("embedding", w), hhat, 4, k)
            y[gate] = d_h * (h @ w_h[gate]) + d_x * (x @ w_x[gate]) + beta + b[gate]
        c, h = lstm_update(
            w, y, state["main/c"], self.forget_bias, self.epsilon, masks.get("main/tanh_g"))
        return h, {"main/c": c, "main/h": h, **under("hyper", small)}
