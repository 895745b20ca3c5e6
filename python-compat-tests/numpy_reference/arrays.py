# SPDX-License-Identifier: Apache-2.0
"""The arrays of one case: what was drawn, and what follows from it."""

import numpy as np

from .cases import BATCH, STEPS, Numbers
from .gradient import complex_step
from .names import below, under
from .sequence import run


def of_cell(case):
    """Arrays by name; see `DESCRIPTION`. Drawn ones are float32, computed ones float64."""
    cell, numbers = case.model, Numbers(case.seed)
    drawn = {
        **under("parameter", numbers.parameters(under("cell", cell.shapes()))),
        "x": numbers.uniform((STEPS, BATCH, cell.input_size)),
        **{f"initial/{part}": numbers.uniform((BATCH, size))
           for part, size in cell.state_sizes().items()}}
    masks = {
        part: numbers.mask((STEPS, BATCH, size)) for part, size in cell.mask_sizes().items()}
    weights = {
        "outputs": numbers.uniform((STEPS, BATCH, cell.output_size)),
        **{f"final/{part}": numbers.uniform((BATCH, size))
           for part, size in cell.state_sizes().items()}}
    lengths = None if case.lengths is None else np.array(case.lengths, np.int32)

    def forward(a):
        return run(
            cell, below("cell", below("parameter", a)), a["x"], below("initial", a), masks, lengths)

    def loss(a):
        outputs, states = forward(a)
        last = under("final", states[-1])
        return (
            sum(total(w * output) for w, output in zip(weights["outputs"], outputs))
            + sum(total(weights[part] * value) for part, value in last.items()))

    outputs, states = forward(drawn)
    inputs = drawn | under("mask", masks) | under("weight", weights)
    return {
        **single(inputs),
        **({} if lengths is None else {"lengths": lengths}),
        "outputs": np.stack(outputs),
        **{f"states/{part}": np.stack([state[part] for state in states]) for part in states[0]},
        "loss": loss(drawn), **under("gradient", complex_step(loss, drawn))}


def of_generator(case):
    """Arrays by name; see `DESCRIPTION`."""
    generator, numbers = case.model, Numbers(case.seed)
    drawn = under("parameter", numbers.parameters(generator.shapes()))
    weights = {name: numbers.uniform(shape) for name, shape in generator.kernels}

    def loss(a):
        kernels = generator.generate(below("parameter", a))
        return sum(total(weights[name] * kernel, axes=4) for name, kernel in kernels.items())

    return {
        **single(drawn | under("weight", weights)),
        **under("kernel", generator.generate(below("parameter", drawn))),
        "loss": loss(drawn), **under("gradient", complex_step(loss, drawn))}


def total(values, axes=2):
    """The sum over the last axes."""
    return values.sum(axis=tuple(range(-axes, 0)))


def single(arrays):
    """As float32, which all of them are already."""
    return {name: value.astype(np.float32) for name, value in arrays.items()}


DESCRIPTION = {
    "parameter/NAME": "float32, a parameter by the name that the Java library gives it in a model",
    "x": "float32 [T, B, input size], the inputs",
    "initial/PART": "float32 [B, size], a part of the state before the first step",
    "mask/PART": "float32 [T, B, size], a dropout mask, 0 or 2",
    "lengths": "int32 [B], steps that count; behind them a state stays and outputs are zero",
    "weight/outputs, weight/final/PART, weight/KERNEL": "float32, what the loss multiplies with",
    "outputs": "float64 [T, B, output size]",
    "states/PART": "float64 [T, B, size], a part of the state after every step",
    "kernel/KERNEL": "float64 [height, width, in, out], a generated kernel",
    "loss": "float64, a scalar: the sum of outputs (kernels) and the parts of the last state, each"
            " entry times its weight",
    "gradient/parameter/NAME, gradient/x, gradient/initial/PART": "float64, the loss's derivative",
}
