# SPDX-License-Identifier: Apache-2.0
"""A cell over the steps of a batch of sequences."""

import numpy as np


def run(cell, w, xs, state, masks=None, lengths=None):
    """Outputs, a list of [B, output_size], and states after each step, a list of {part: [B, size]}.

    xs [T, B, I]; state {part: [B, size]} before the first step; masks {part: [T, B, size]}; lengths
    [B]: behind its end a sequence keeps its state, and its outputs are zero.
    """
    outputs, states = [], []
    for t, x in enumerate(xs):
        output, following = cell.step(
            w, x, state, {part: mask[t] for part, mask in (masks or {}).items()})
        if lengths is not None:
            alive = (t < lengths)[:, None]
            output = np.where(alive, output, 0)
            following = {
                part: np.where(alive, value, state[part]) for part, value in following.items()}
        state = following
        outputs.append(output)
        states.append(state)
    return outputs, states
