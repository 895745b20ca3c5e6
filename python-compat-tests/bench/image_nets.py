# SPDX-License-Identifier: Apache-2.0
"""What the steps of the image nets share in every library: sizes, constants, first values, batches.

The nets are those of graphs/mnist-hyper.json and graphs/cifar10-wrn-D-W-{hyper,plain}.json.
Parameters go by the names that they have in Java; images are [B, height, width, channels], bytes,
and kernels [height, width, in, out]. Everything that a GPU machine needs is here: no file is read.
"""

import dataclasses

import numpy as np

import bench_rounds

CLASSES = 10
FILTERS, KERNEL, EMBEDDING = 16, 7, 4  # of the MNIST net
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
EPSILON, SHARE = 1e-5, 0.1  # of batch normalisation; the share of a batch in the moving statistics
BASIC = 16  # channels of a generated tile, in and out
MOMENTUM = 0.9
# size of the embeddings and deviation of the generator's weights, by depth and width
GENERATORS = {(10, 1): (32, 0.06), (16, 1): (64, 0.04), (40, 1): (64, 0.04), (40, 2): (64, 0.04)}


@dataclasses.dataclass(frozen=True)
class Mnist:
    """conv 7x7, max pooling, a generated conv 7x7, max pooling, dense; trained with Adam."""

    image = (28, 28, 1)
    adam, l2 = True, 0.0

    def initial_parameters(self, seed=1):
        normal, zeros = _initializers(seed)
        features = FILTERS * (self.image[0] // 4) ** 2
        return {
            "conv1/kernel": normal(KERNEL, KERNEL, 1, FILTERS, stddev=0.01),
            "conv1/bias": zeros(FILTERS), "conv2/bias": zeros(FILTERS),
            "embeddings/conv2/z": normal(1, EMBEDDING, stddev=1.0),
            **_generator(normal, zeros, EMBEDDING, FILTERS, KERNEL**2 * FILTERS, 0.01),
            "dense/kernel": normal(features, CLASSES, stddev=0.01), "dense/bias": zeros(CLASSES)}

    def statistics(self):
        return {}


@dataclasses.dataclass(frozen=True)
class WideResNet:
    """Adam where one generator makes all kernels of the groups, Nesterov momentum where none does."""

    depth: int
    width: int
    plain: bool = False
    image = (32, 32, 3)
    l2 = 5e-4

    @property
    def adam(self):
        return not self.plain

    def convolutions(self):
        """(name, channels in, channels out, stride) of the groups, in order, two to a block."""
        found, channels = [], BASIC
        for group in range(3):
            out = BASIC * self.width * 2**group
            for block in range((self.depth - 4) // 6):
                name = f"conv{group + 2}/block{block}/conv"
                found.append((f"{name}1", channels, out, 2 if group and not block else 1))
                found.append((f"{name}2", out, out, 1))
                channels = out
        return found

    def norms(self):
        """Names and channels of the batch normalisations; conv1/bn, then one before each conv."""
        groups = [(norm_of(name), channels) for name, channels, _, _ in self.convolutions()]
        return [("conv1/bn", BASIC), *groups, ("last/bn", self._last_channels())]

    def initial_parameters(self, seed=1):
        normal, zeros = _initializers(seed)
        found = {"conv1/kernel": normal(3, 3, 3, BASIC, stddev=0.27), "conv1/bias": zeros(BASIC)}
        for name, i, o, _ in self.convolutions():
            found[f"{name}/bias"] = zeros(o)
            if self.plain:
                found[f"{name}/kernel"] = normal(3, 3, i, o, stddev=(2 / (9 * i)) ** 0.5)
        if not self.plain:
            size, stddev = GENERATORS[self.depth, self.width]
            for name, i, o, _ in self.convolutions():
                found[f"embeddings/{name}/z"] = normal(i // BASIC * (o // BASIC), size, stddev=1.0)
            found |= _generator(normal, zeros, size, BASIC, 9 * BASIC, stddev)
        for name, channels in self.norms():
            found[f"{name}/gamma"], found[f"{name}/beta"] = zeros(channels) + 1, zeros(channels)
        found["dense/kernel"] = normal(self._last_channels(), CLASSES, stddev=0.1)
        return found | {"dense/bias": zeros(CLASSES)}

    def statistics(self):
        """The moving statistics at the start, by name."""
        return {
            f"{name}/moving_{kind}": np.full(channels, value, np.float32)
            for name, channels in self.norms() for kind, value in (("mean", 0), ("variance", 1))}

    def _last_channels(self):
        return BASIC * self.width * 4


def norm_of(name):
    """The batch normalisation before a convolution of a group."""
    return name.replace("/conv", "/bn")


def random_batch(net, batch, random):
    """(pixels, labels): uint8 [B, height, width, channels], int32 [B]."""
    pixels = random.integers(0, 256, (batch, *net.image), dtype=np.uint8)
    return pixels, (np.arange(batch) % CLASSES).astype(np.int32)


def step_millis(step, net, batch, steps):
    """Milliseconds of each step(pixels, labels), every one with a batch of its own."""
    random = np.random.default_rng(1)
    seconds = bench_rounds.step_seconds(
        step, (random_batch(net, batch, random) for _ in range(steps)))
    return [1e3 * value for value in seconds]


def _initializers(seed):
    random = np.random.default_rng(seed)

    def normal(*shape, stddev):
        return (stddev * random.standard_normal(shape)).astype(np.float32)

    return normal, lambda *shape: np.zeros(shape, np.float32)


def _generator(normal, zeros, size, rows, columns, stddev):
    """Two linear layers: an embedding to one row for each channel in, a row to a kernel's part."""
    return {
        "generator/projection/W": normal(size, rows * size, stddev=stddev),
        "generator/projection/B": zeros(rows * size),
        "generator/output/W": normal(size, columns, stddev=stddev),
        "generator/output/B": zeros(columns)}
