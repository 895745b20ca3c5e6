# SPDX-License-Identifier: Apache-2.0
"""The image nets in PyTorch are the nets in TensorFlow, and those that Java has exported."""

import importlib
import json
import os
import pathlib

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import image_nets  # noqa: E402
from hyperlstm_parameters import LEARNING_RATE  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MNIST = image_nets.Mnist()
NETS = [MNIST, image_nets.WideResNet(10, 1), image_nets.WideResNet(10, 1, plain=True)]
SEED, BATCH = 16, 4
# Float32 in another order of summation, over thousands of pixels: 2e-5 of the largest entry was seen.
GRADIENT = 1e-4


@pytest.fixture
def ours():
    """The module under test, imported late: what is loaded here counts in the memory of children."""
    pytest.importorskip(
        "torch", reason="the Python package torch is not installed (see requirements-bench.txt)")
    return importlib.import_module("image_nets_torch")


@pytest.fixture
def theirs():
    pytest.importorskip("tensorflow", reason="the Python package tensorflow is not installed")
    return importlib.import_module("image_nets_tensorflow")


def start(net):
    """Parameters with which no bias and no shift is zero, and the source of the batches."""
    random = np.random.default_rng(SEED)

    def moved(value):
        return value + random.normal(0, 0.1, value.shape).astype(np.float32)

    return random, {
        name: moved(value) if value.ndim == 1 else value
        for name, value in net.initial_parameters(SEED).items()}


def unseen_bias(net, name):
    """A bias that batch normalisation subtracts again: its gradient is rounding and no more."""
    return net is not MNIST and name.endswith("/bias") and name != "dense/bias"


@pytest.mark.parametrize("net", NETS, ids=str)
def test_loss_norm_error_and_every_gradient(net, ours, theirs, monkeypatch):
    # At a kink of a ReLU rounding decides, and a single flip moves the gradient by up to 1 %; the
    # seed was chosen so that no input of a ReLU is near zero.
    nearest, relu = [], ours.F.relu
    monkeypatch.setattr(
        ours.F, "relu", lambda x: nearest.append(x.detach().abs().min().item()) or relu(x))
    random, parameters = start(net)
    batch = image_nets.random_batch(net, BATCH, random)
    wanted, gradients = theirs.Trainer(net, parameters).gradients(*batch)
    results, found = ours.Trainer(net, parameters).gradients(*batch)
    assert net is MNIST or min(nearest) > 5e-6, "choose another seed: a ReLU is at its kink"
    np.testing.assert_allclose(results, wanted, rtol=GRADIENT)
    assert set(found) == set(gradients)
    for name, gradient in gradients.items():
        largest = np.abs(gradient).max()
        if unseen_bias(net, name):
            assert max(largest, np.abs(found[name]).max()) < 1e-6, name
            continue
        assert largest > 1e-6, name
        np.testing.assert_allclose(
            found[name], gradient, rtol=0, atol=GRADIENT * largest, err_msg=name)


@pytest.mark.parametrize("net", NETS, ids=str)
def test_parameters_and_statistics_after_steps(net, ours, theirs):
    """One step of the Wide ResNet, whose second has a ReLU at its kink; the formulas are below."""
    random, before = start(net)
    trainers = [module.Trainer(net, before) for module in (ours, theirs)]
    for _ in range(3 if net is MNIST else 1):
        batch = image_nets.random_batch(net, BATCH, random)
        results = [trainer.step(*batch) for trainer in trainers]
        np.testing.assert_allclose(*results, rtol=GRADIENT)
    found, wanted = (trainer.values() for trainer in trainers)
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        if "moving" in name:
            np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-6, err_msg=name)
        elif not unseen_bias(net, name):  # Adam makes full steps of the rounding of these
            change = np.abs(value - before[name]).mean()
            assert change > 1e-6, name
            # the mean: an entry whose gradient is as small as Adam's epsilon feels the rounding;
            # 1e-7 is what float32 resolves of a value of 1
            assert np.abs(found[name] - value).mean() <= 1e-3 * change + 1e-7, name


def test_adam_has_the_epsilon_of_tensorflow(ours):
    """By the formula in float64, with gradients about and below epsilon, where it decides."""
    gradients = np.random.default_rng(1).normal(size=(4, 50)) * np.logspace(-9, 0, 50)
    weights = ours.torch.zeros(50, requires_grad=True)
    adam = ours.Adam([weights])
    m = v = expected = np.zeros(50)
    for t, g in enumerate(gradients, 1):
        weights.grad = ours.torch.tensor(g, dtype=ours.torch.float32)
        adam.step()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        rate = LEARNING_RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        expected = expected - rate * m / (np.sqrt(v) + 1e-8)
    np.testing.assert_allclose(weights.detach().numpy(), expected, rtol=1e-4, atol=1e-9)


def test_momentum_is_nesterovs(ours):
    """Two steps by the formula a = 0.9 a + g, w -= rate (g + 0.9 a)."""
    net = image_nets.WideResNet(10, 1, plain=True)
    trainer = ours.Trainer(net, net.initial_parameters())
    weights = trainer.weights["dense/bias"]
    a, expected = np.zeros(10), np.zeros(10)
    for g in np.random.default_rng(1).normal(size=(2, 10)):
        weights.grad = ours.torch.tensor(g, dtype=ours.torch.float32)
        trainer.optimizer.step()
        a = 0.9 * a + g
        expected = expected - LEARNING_RATE * (g + 0.9 * a)
    np.testing.assert_allclose(weights.detach().numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("net", NETS, ids=str)
def test_everything_is_on_the_device(net, ours):
    """On PyTorch's device without numbers, which as little as a GPU mixes with tensors elsewhere."""
    random, parameters = start(net)
    trainer = ours.Trainer(net, parameters, "meta")
    results = trainer._differentiate(*image_nets.random_batch(net, BATCH, random))
    gradients = [weights.grad for weights in trainer.weights.values()]
    assert {value.device.type for value in [results, *gradients]} == {"meta"}


@pytest.mark.parametrize("folder,net", [
    ("python-models/mnist-hyper", MNIST),
    ("python-wide-resnet/wide-resnet", image_nets.WideResNet(10, 1))], ids=str)
def test_agrees_with_java(folder, net, ours, theirs):
    """Logits of an exported model, and gradients of half the sum of their squares."""
    version = ROOT / "target" / folder / "1"
    gradients = ROOT / "target" / f"{folder}-gradients.npz"
    if not (version.exists() and gradients.exists()):
        pytest.skip(f"the Java tests have not written target/{folder} and its gradients")
    suffix = "/.ATTRIBUTES/VARIABLE_VALUE"
    checkpoint = theirs.tf.train.load_checkpoint(str(version / "variables/variables"))
    values = {
        name.removesuffix(suffix): checkpoint.get_tensor(name)
        for name in checkpoint.get_variable_to_shape_map() if not name.startswith("_")}
    trainer = ours.Trainer(
        net, {name: value for name, value in values.items() if "moving" not in name})
    trainer.moving = {
        name: ours.torch.tensor(value) for name, value in values.items() if "moving" in name}
    cases = json.loads((version / "assets.extra/reference.json").read_text("utf-8"))["cases"]
    with np.load(version / "assets.extra/reference.npz") as arrays:
        for case in reversed(cases):  # the gradients are those of the first
            images = ours.torch.from_numpy(arrays[case["inputs"]["image"]["array"]])
            logits, _ = trainer.logits(images, training=False)
            np.testing.assert_allclose(
                logits.detach().numpy(), arrays[case["outputs"]["logits"]["array"]],
                rtol=1e-4, atol=1e-5)
    (logits.square().sum() / 2).backward()
    with np.load(gradients) as arrays:
        assert set(arrays) == set(trainer.weights)
        for name, expected in arrays.items():
            np.testing.assert_allclose(
                ours.shown(trainer.weights[name].grad), expected, rtol=0,
                atol=GRADIENT * np.abs(expected).max(), err_msg=name)
