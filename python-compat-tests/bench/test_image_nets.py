# SPDX-License-Identifier: Apache-2.0
"""The shapes that every library's image nets share are those of the Java models."""

import json
import pathlib

import numpy as np
import pytest

import image_nets

ROOT = pathlib.Path(__file__).resolve().parents[2]


def shapes(values):
    return {name: list(value.shape) for name, value in values.items()}


def exported(folder):
    """Shapes of the parameters of a model that the Java tests export."""
    manifest = ROOT / "target" / folder / "1/assets.extra/manifest.json"
    if not manifest.exists():
        pytest.skip(f"the Java tests have not exported target/{folder}")
    parameters = json.loads(manifest.read_text("utf-8"))["parameters"]
    return {p["name"]: p["shape"] for p in parameters}


def test_parameters_are_those_of_the_exported_mnist_net():
    found = shapes(image_nets.Mnist().initial_parameters())
    assert found == exported("python-models/mnist-hyper")


def test_parameters_are_those_of_the_exported_wide_resnet():
    net, expected = image_nets.WideResNet(10, 1), exported("python-wide-resnet/wide-resnet")
    found = shapes(net.initial_parameters() | net.statistics())
    assert set(found) == set(expected)
    # the exported net is smaller: its embeddings have 4 numbers
    other = {name for name in found if found[name] != expected[name]}
    assert {name for name in other if not name.endswith("/z")} == {
        "generator/projection/W", "generator/projection/B", "generator/output/W"}


@pytest.mark.parametrize("plain,count", [(True, 2_235_530), (False, 147_610)])
def test_parameter_counts_of_the_paper(plain, count):
    """Table 2: WRN-40-2 has 2.236 M, with generated kernels 0.148 M."""
    values = image_nets.WideResNet(40, 2, plain).initial_parameters().values()
    assert sum(np.prod(value.shape) for value in values) == count


@pytest.mark.parametrize("depth,width", image_nets.GENERATORS)
def test_generators_are_those_of_the_specifications(depth, width):
    spec = json.loads((ROOT / f"graphs/cifar10-wrn-{depth}-{width}-hyper.json").read_text("utf-8"))
    kernels = spec["model"]["kernels"]
    assert kernels["basicIn"] == kernels["basicOut"] == image_nets.BASIC
    assert kernels["hiddenSize"] == kernels["embeddingSize"]
    assert image_nets.GENERATORS[depth, width] == (
        kernels["embeddingSize"], kernels["weightStddev"])
    assert spec["training"]["l2"] == image_nets.WideResNet(depth, width).l2


def test_batches_are_bytes_with_every_class():
    pixels, labels = image_nets.random_batch(image_nets.Mnist(), 20, np.random.default_rng(1))
    assert (pixels.shape, pixels.dtype) == ((20, 28, 28, 1), np.uint8)
    assert labels.dtype == np.int32 and set(labels) == set(range(10))
