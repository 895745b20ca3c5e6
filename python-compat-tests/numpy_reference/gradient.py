# SPDX-License-Identifier: Apache-2.0
"""Derivatives by complex steps: f'(x) = Im f(x + i h) / h, exact to the last digits for tiny h.

The functions differentiated are analytic, and no difference of two near numbers is formed.
"""

import numpy as np

STEP = 1e-100


def complex_step(function, arguments):
    """Gradients by every entry of {name: array}, in the same form.

    function takes {name: array}, of which one has an axis of copies in front, and gives the scalar
    of each copy. Vectors come as [copies, 1, n] and sequences [T, B, n] as [T, copies, B, n], so
    that they broadcast with matrices [copies, B, n].
    """
    gradients = {}
    for name, value in arguments.items():
        steps = np.eye(value.size).reshape(value.size, *value.shape)
        shifted = value + 1j * STEP * steps
        if value.ndim == 1:
            shifted = shifted[:, None]
        elif value.ndim == 3:
            shifted = np.moveaxis(shifted, 1, 0)
        scalars = function(arguments | {name: shifted})
        gradients[name] = (np.imag(scalars) / STEP).reshape(value.shape)
    return gradients
