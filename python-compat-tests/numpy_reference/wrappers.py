# SPDX-License-Identifier: Apache-2.0
"""Cells made of other cells."""

from dataclasses import dataclass
from functools import reduce
from typing import Any

from .maths import beside
from .names import below, under


@dataclass(frozen=True)
class Stacked:
    """Cells on top of each other; everything of cell k stands below `layerk`.

    With output dropout the output of each cell, the top one's too, is multiplied by the mask
    `layerk/output`; the state is not.
    """

    cells: tuple
    output_dropout: bool = False

    @property
    def input_size(self):
        return self.cells[0].input_size

    @property
    def output_size(self):
        return self.cells[-1].output_size

    def layers(self):
        return [(f"layer{k}", cell) for k, cell in enumerate(self.cells)]

    def shapes(self):
        return {
            name: shape for layer, cell in self.layers()
            for name, shape in under(layer, cell.shapes()).items()}

    def state_sizes(self):
        return {
            name: size for layer, cell in self.layers()
            for name, size in under(layer, cell.state_sizes()).items()}

    def mask_sizes(self):
        sizes = {}
        for layer, cell in self.layers():
            sizes |= under(layer, cell.mask_sizes())
            if self.output_dropout:
                sizes[f"{layer}/output"] = cell.output_size
        return sizes

    def step(self, w, x, state, masks):
        following = {}
        for layer, cell in self.layers():
            x, parts = cell.step(
                below(layer, w), x, below(layer, state), below(layer, masks))
            following |= under(layer, parts)
            if self.output_dropout and masks:
                x = x * masks[f"{layer}/output"]
        return x, following


@dataclass(frozen=True)
class SkipStacked(Stacked):
    """Graves' skip connections: layers above the first read [x, h], and all outputs stand together."""

    @property
    def output_size(self):
        return sum(cell.output_size for cell in self.cells)

    def step(self, w, x, state, masks):
        following, outputs = {}, []
        for layer, cell in self.layers():
            read = beside(x, outputs[-1]) if outputs else x
            output, parts = cell.step(
                below(layer, w), read, below(layer, state), below(layer, masks))
            following |= under(layer, parts)
            if self.output_dropout and masks:
                output = output * masks[f"{layer}/output"]
            outputs.append(output)
        return reduce(beside, outputs), following


@dataclass(frozen=True)
class Residual:
    """The cell's input is added to its output; names are the cell's own."""

    cell: Any

    @property
    def input_size(self):
        return self.cell.input_size

    @property
    def output_size(self):
        return self.cell.output_size

    def shapes(self):
        return self.cell.shapes()

    def state_sizes(self):
        return self.cell.state_sizes()

    def mask_sizes(self):
        return self.cell.mask_sizes()

    def step(self, w, x, state, masks):
        output, following = self.cell.step(w, x, state, masks)
        return output + x, following


@dataclass(frozen=True)
class Dropout:
    """Masks `input` and `output` for what goes into the cell and comes out, not for its state.

    Parameters and state have the cell's own names; its masks stand below `cell`.
    """

    cell: Any

    @property
    def input_size(self):
        return self.cell.input_size

    @property
    def output_size(self):
        return self.cell.output_size

    def shapes(self):
        return self.cell.shapes()

    def state_sizes(self):
        return self.cell.state_sizes()

    def mask_sizes(self):
        return {
            "input": self.input_size, "output": self.output_size,
            **under("cell", self.cell.mask_sizes())}

    def step(self, w, x, state, masks):
        output, following = self.cell.step(w, x * masks["input"], state, below("cell", masks))
        return output * masks["output"], following
