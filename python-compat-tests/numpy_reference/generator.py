# SPDX-License-Identifier: Apache-2.0
"""The static hypernetwork of section 3.1: kernels from embeddings."""

from dataclasses import dataclass

import numpy as np


class Tiled:
    """Equation 3: kernels as block matrices of basic kernels, an embedding for each.

    A subclass has `kernel`, the shape of a basic kernel, `embedding_size`, `kernels` and
    `basic(w, z)`: embeddings [P, E] to basic kernels [P, height, width, N_in, N_out].
    """

    def tiles(self, shape):
        """How many basic kernels stand below and beside each other: p, q."""
        return shape[2] // self.kernel[2], shape[3] // self.kernel[3]

    def embedding_shapes(self):
        shapes = {}
        for name, shape in self.kernels:
            p, q = self.tiles(shape)
            shapes[f"embeddings/{name}/z"] = (p * q, self.embedding_size)
        return shapes

    def generate(self, w):
        """All kernels by name, {name: [height, width, in, out]}.

        Blocks of input channels stand below each other and of output channels beside each other;
        embeddings are counted row by row.
        """
        made = {}
        for name, shape in self.kernels:
            p, q = self.tiles(shape)
            basic = np.moveaxis(self.basic(w, w[f"embeddings/{name}/z"]), -5, 0)
            block_rows = [
                np.concatenate(basic[r * q:(r + 1) * q], axis=-1) for r in range(p)]
            made[name] = np.concatenate(block_rows, axis=-2)
        return made


@dataclass(frozen=True)
class TwoLayerLinear(Tiled):
    """Equation 2: a two-layer linear generator of basic kernels.

    a_i = W_i z + B_i and K_i = <W_out, a_i> + B_out for each input channel i. Layouts:
    `projection/W` [E, N_in d], column i d + k for row k of W_i; `projection/B` [N_in d];
    `output/W` [d, height width N_out], columns by row, column and output channel; `output/B`.
    """

    kernel: tuple  # of the basic kernel: height, width, N_in, N_out
    embedding_size: int
    hidden_size: int
    kernels: tuple  # (name, (height, width, in, out)) of the kernels that are made

    def shapes(self):
        height, width, n_in, n_out = self.kernel
        d, columns = self.hidden_size, height * width * n_out
        return {
            "generator/projection/W": (self.embedding_size, n_in * d),
            "generator/projection/B": (n_in * d,),
            "generator/output/W": (d, columns), "generator/output/B": (columns,),
            **self.embedding_shapes()}

    def basic(self, w, z):
        """Equation 2 for embeddings z [P, E]: kernels [P, height, width, N_in, N_out]."""
        height, width, n_in, n_out = self.kernel
        slices = []
        for i in range(n_in):
            block = slice(i * self.hidden_size, (i + 1) * self.hidden_size)
            a_i = (
                z @ w["generator/projection/W"][..., block]
                + w["generator/projection/B"][..., block])
            k_i = a_i @ w["generator/output/W"] + w["generator/output/B"]
            slices.append(k_i.reshape(*k_i.shape[:-1], height, width, n_out))
        return np.stack(slices, axis=-2)
