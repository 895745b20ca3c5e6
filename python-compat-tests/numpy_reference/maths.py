# SPDX-License-Identifier: Apache-2.0
"""Functions of the cells. All are analytic, so that complex numbers go through them."""

import numpy as np

GATES = ("i", "g", "f", "o")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gates(packed):
    """A packed [.., 4 n] as {gate: [.., n]}."""
    return dict(zip(GATES, np.split(packed, 4, axis=-1)))


def beside(a, b):
    """[.., n] and [.., m] as [.., n + m]; what stands in front is broadcast."""
    front = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    return np.concatenate(
        [np.broadcast_to(part, front + part.shape[-1:]) for part in (a, b)], axis=-1)


def layer_norm(a, gain, shift, epsilon):
    """Over the last axis of a [B, n], with the biased variance; gain and shift [n]."""
    centred = a - a.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt(variance + epsilon) + shift


def lstm_update(w, y, c, forget_bias, epsilon, mask):
    """Equations 9 and 13, from the gates' sums to the next c and h.

    y {gate: [B, n]}; c and mask [B, n], the mask of the dropout of tanh(g) or None. With layer
    normalisation (epsilon > 0), w has `ln/..` [4 n] for the gates and `ln_c/..` [n] for c on its
    way to h; the c that is carried on is not normalised.
    """
    if epsilon > 0:
        gain, shift = gates(w["ln/gain"]), gates(w["ln/shift"])
        y = {gate: layer_norm(y[gate], gain[gate], shift[gate], epsilon) for gate in GATES}
    candidate = np.tanh(y["g"])
    if mask is not None:
        candidate = candidate * mask
    c = sigmoid(y["f"] + forget_bias) * c + sigmoid(y["i"]) * candidate
    shown = layer_norm(c, w["ln_c/gain"], w["ln_c/shift"], epsilon) if epsilon > 0 else c
    return c, sigmoid(y["o"]) * np.tanh(shown)


def norm_shapes(units, epsilon):
    """The parameters that `lstm_update` reads."""
    if epsilon == 0:
        return {}
    return {
        "ln/gain": (4 * units,), "ln/shift": (4 * units,),
        "ln_c/gain": (units,), "ln_c/shift": (units,)}
