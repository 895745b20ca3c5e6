# SPDX-License-Identifier: Apache-2.0
"""The other generators of docs/generators.md.

Parameters may have an axis of copies in front, see `gradient.complex_step`: formulas take the last axes
only.
"""

from dataclasses import dataclass
from math import ceil, isqrt, prod, sqrt

import numpy as np

from .generator import Tiled


def layer(name, inputs, outputs):
    """The shapes of x W + b."""
    return {f"{name}/W": (inputs, outputs), f"{name}/b": (outputs,)}


def affine(w, name, x):
    return x @ w[f"{name}/W"] + w[f"{name}/b"]


def relu(x):
    return np.where(np.real(x) > 0, x, 0)


def hidden_shapes(inputs, sizes):
    shapes = {}
    for k, size in enumerate(sizes):
        shapes |= layer(f"generator/hidden{k}", inputs, size)
        inputs = size
    return shapes


def hidden(w, x, sizes):
    for k in range(len(sizes)):
        x = relu(affine(w, f"generator/hidden{k}", x))
    return x


def last_axis_as(values, shape):
    return values.reshape(*values.shape[:-1], *shape)


def matrix(shape):
    """A kernel's rows and columns."""
    return prod(shape[:3]), shape[3]


@dataclass(frozen=True)
class OneLayerLinear(Tiled):
    """K = z W + b."""

    kernel: tuple
    embedding_size: int
    kernels: tuple

    def shapes(self):
        return layer("generator", self.embedding_size, prod(self.kernel)) | self.embedding_shapes()

    def basic(self, w, z):
        return last_axis_as(affine(w, "generator", z), self.kernel)


@dataclass(frozen=True)
class Mlp(Tiled):
    """K = h W + b behind layers of ReLUs."""

    kernel: tuple
    embedding_size: int
    hidden_sizes: tuple
    kernels: tuple

    def shapes(self):
        return (
            hidden_shapes(self.embedding_size, self.hidden_sizes)
            | layer("generator/output", self.hidden_sizes[-1], prod(self.kernel))
            | self.embedding_shapes())

    def basic(self, w, z):
        h = hidden(w, z, self.hidden_sizes)
        return last_axis_as(affine(w, "generator/output", h), self.kernel)


@dataclass(frozen=True)
class LowRank(Tiled):
    """K = U V, both factors linear in z."""

    kernel: tuple
    embedding_size: int
    rank: int
    kernels: tuple

    def shapes(self):
        m, n = matrix(self.kernel)
        return (
            layer("generator/left", self.embedding_size, m * self.rank)
            | layer("generator/right", self.embedding_size, self.rank * n)
            | self.embedding_shapes())

    def basic(self, w, z):
        m, n = matrix(self.kernel)
        u = last_axis_as(affine(w, "generator/left", z), (m, self.rank))
        v = last_axis_as(affine(w, "generator/right", z), (self.rank, n))
        product = u @ v
        return product.reshape(*product.shape[:-2], *self.kernel)


@dataclass(frozen=True)
class Templated:
    """K = sum of coefficients times templates, a bank for each shape of kernel."""

    templates: int
    kernels: tuple

    def shapes(self):
        banks = {f"generator/{bank(shape)}/W": (self.templates, prod(shape))
                 for _, shape in self.kernels}
        return banks | {f"embeddings/{name}/z": (1, self.templates) for name, _ in self.kernels}

    def generate(self, w):
        made = {}
        for name, shape in self.kernels:
            mixed = w[f"embeddings/{name}/z"] @ w[f"generator/{bank(shape)}/W"]
            made[name] = last_axis_as(mixed[..., 0, :], shape)
        return made


def bank(shape):
    return "x".join(str(size) for size in shape)


@dataclass(frozen=True)
class Chunked:
    """All weights end to end, cut into chunks; scaled to 2 / fan-in relative to the first kernel."""

    chunk_size: int
    embedding_size: int
    hidden_sizes: tuple
    kernels: tuple

    def shapes(self):
        weights = sum(prod(shape) for _, shape in self.kernels)
        return (
            hidden_shapes(self.embedding_size, self.hidden_sizes)
            | layer("generator/output", self.hidden_sizes[-1], self.chunk_size)
            | {"embeddings/chunks/z": (ceil(weights / self.chunk_size), self.embedding_size)})

    def generate(self, w):
        h = hidden(w, w["embeddings/chunks/z"], self.hidden_sizes)
        chunks = affine(w, "generator/output", h)
        flat = chunks.reshape(*chunks.shape[:-2], -1)
        fan_in = matrix(self.kernels[0][1])[0]
        made, first = {}, 0
        for name, shape in self.kernels:
            piece = flat[..., first:first + prod(shape)]
            made[name] = last_axis_as(piece * sqrt(fan_in / matrix(shape)[0]), shape)
            first += prod(shape)
        return made


@dataclass(frozen=True)
class Coordinate:
    """Each weight from its four coordinates and the kernel's embedding; scaled like `Chunked`."""

    hidden_sizes: tuple
    embedding_size: int
    kernels: tuple

    def shapes(self):
        first, *others = self.hidden_sizes
        shapes = (
            layer("generator/input", 4 + self.embedding_size, first)
            | hidden_shapes(first, others)
            | layer("generator/output", self.hidden_sizes[-1], 1))
        if self.embedding_size:
            shapes |= {
                f"embeddings/{name}/z": (1, self.embedding_size) for name, _ in self.kernels}
        return shapes

    def generate(self, w):
        ratios = [1 / matrix(shape)[0] / self.moment(shape) for _, shape in self.kernels]
        made = {}
        for (name, shape), ratio in zip(self.kernels, ratios):
            x = places(shape)
            if self.embedding_size:
                z = w[f"embeddings/{name}/z"]
                lead = z.shape[:-2]
                x = np.concatenate(
                    [np.broadcast_to(x, (*lead, *x.shape)),
                     np.broadcast_to(z, (*lead, len(x), self.embedding_size))], axis=-1)
            h = hidden(w, relu(affine(w, "generator/input", x)), self.hidden_sizes[1:])
            weights = affine(w, "generator/output", h)[..., 0]
            made[name] = last_axis_as(weights * sqrt(ratio / ratios[0]), shape)
        return made

    def moment(self, shape):
        """The mean square of an input of the network."""
        return ((places(shape) ** 2).sum(-1).mean() + self.embedding_size) / (
            4 + self.embedding_size)


def places(shape):
    """Coordinates of all weights, [weights, 4]; channels of a dense kernel as pictures."""
    axes = shape if shape[:2] != (1, 1) else (*picture(shape[2]), *picture(shape[3]))
    lines = [np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in axes]
    return np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 4)


def picture(channels):
    side = isqrt(channels)
    return (side, side) if side * side == channels else (1, channels)


@dataclass(frozen=True)
class Dct:
    """K = D C D^T with the first columns of the orthonormal DCT-II."""

    keep: float
    kernels: tuple

    def shapes(self):
        return {
            f"embeddings/{name}/coefficients": tuple(ceil(self.keep * n) for n in matrix(shape))
            for name, shape in self.kernels}

    def generate(self, w):
        made = {}
        for name, shape in self.kernels:
            m, n = matrix(shape)
            c = w[f"embeddings/{name}/coefficients"]
            product = waves(m, c.shape[-2]) @ c @ waves(n, c.shape[-1]).T
            made[name] = product.reshape(*product.shape[:-2], *shape)
        return made


def waves(size, count):
    i, k = np.arange(size)[:, None], np.arange(count)
    return np.cos(np.pi * (2 * i + 1) * k / (2 * size)) * np.sqrt(np.where(k == 0, 1, 2) / size)
