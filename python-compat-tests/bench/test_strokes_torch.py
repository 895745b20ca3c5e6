# SPDX-License-Identifier: Apache-2.0
"""The stroke models of the speed comparison: golden vectors, and the NumPy reference."""

import numpy as np
import pytest

import bench_rounds
import strokes_nets
from strokes_nets import NETS, hyper_lstm, lstm, net, random_batch, random_parameters, steps

from numpy_reference import sketch_rnn  # noqa: E402  strokes_nets knows where it is
from numpy_reference.gradient import complex_step
from numpy_reference.names import below

# no two sizes equal, so that a wrong axis cannot pass
SMALL = {
    "lstm": net(lstm(7), 2), "ln-lstm": net(lstm(7, layer_norm=True), 2),
    "hyperlstm": net(hyper_lstm(7, 4, 3), 2),
    "ln-hyperlstm": net(hyper_lstm(7, 4, 3, layer_norm=True), 2)}
PEERS = [(name, {}) for name in SMALL] + [("lstm", {"built_in": True})]


@pytest.fixture
def peer():
    pytest.importorskip("torch", reason="torch is not installed (see requirements-bench.txt)")
    import strokes_torch

    return strokes_torch


def numpy_loss(model, w, batch):
    """Nats a point by the NumPy reference, and raw outputs [T + 1, B, columns]."""
    rows, offsets, pens, offset_counts, pen_counts = steps(*batch)
    zero = model.initial(w, rows.shape[1])
    raw, _ = model.raw(w, rows.astype(np.float64), zero)
    nats = sum(
        np.sum(model.mixture.offset_loss(raw[t], offsets[t]) * offset_counts[t]
               + model.mixture.pen_loss(raw[t], pens[t]) * pen_counts[t], axis=-1)
        for t in range(len(rows)))
    return nats / offset_counts.sum(), raw


def test_parameter_counts():
    """Those of the specification of the comparison; without a latent vector."""
    counts = {name: sum(np.prod(shape) for shape in strokes_nets.shapes(model).values())
              for name, model in NETS.items()}
    assert counts == {
        "lstm": 501_099, "ln-lstm": 503_115, "hyperlstm": 505_107, "ln-hyperlstm": 508_707}


def test_steps_and_the_score_count_the_same():
    """The mean that is trained, from `steps`, is the score of the NumPy reference by drawing."""
    model = SMALL["ln-hyperlstm"]
    w, batch = random_parameters(model), random_batch(3, 9, np.random.default_rng(2))
    score = model.score(w, *batch)
    assert min(batch[1]) < max(batch[1]) == 9
    np.testing.assert_allclose(
        numpy_loss(model, w, batch)[0], score["nats"].sum() / batch[1].sum(), rtol=1e-12)


@pytest.mark.parametrize("dtype,tolerance", [("float32", 1e-4), ("float64", 1e-9)])
@pytest.mark.parametrize("name", [
    "mdn_magenta_plain_k5", "mdn_magenta_sharp_k3", "mdn_magenta_extreme_k4",
    "mdn_bernoulli_plain_k4", "mdn_bernoulli_sharp_k3"])
def test_the_loss_has_the_golden_values_and_gradients(peer, name, dtype, tolerance):
    """exact/*: 60 digits; in `extreme` the public code's float32 is not finite."""
    if not sketch_rnn.FOLDER.exists():
        pytest.skip(f"the golden vectors are not here: {sketch_rnn.FOLDER}")
    import torch
    import torch.nn.functional as F

    _, arrays = sketch_rnn.read(name)
    bernoulli = name.startswith("mdn_bernoulli")
    rows = (arrays["targets"].reshape(-1, 3) if bernoulli
            else arrays["strokes5"][:, 1:].reshape(-1, 5))
    rows = torch.tensor(rows, dtype=getattr(torch, dtype))
    raw = torch.tensor(arrays["raw"], dtype=rows.dtype, requires_grad=True)
    offset = peer.offset_loss(raw[:, 1 if bernoulli else 3:], rows[:, :2])
    if bernoulli:
        pen = F.binary_cross_entropy_with_logits(raw[:, 0], rows[:, 2], reduction="none")
    else:
        offset = offset * (1 - rows[:, 4])
        pen = F.cross_entropy(raw[:, :3], rows[:, 2:].argmax(1), reduction="none")
    (offset + pen).mean().backward()
    for value, expected in ((offset, "offset_loss"), (pen, "pen_loss")):
        np.testing.assert_allclose(
            value.detach(), arrays[f"exact/{expected}"], rtol=tolerance / 10,
            atol=tolerance / 10)
    for row, expected in zip(raw.grad.numpy(), arrays["exact/grad_raw"]):
        np.testing.assert_allclose(row, expected, rtol=0, atol=tolerance * np.abs(expected).max())


@pytest.mark.parametrize("name,options", PEERS)
def test_a_net_is_that_of_the_numpy_reference(peer, name, options):
    """Raw outputs, loss, and the gradient of every weight by complex steps."""
    import torch
    from hyperlstm_parameters import unpack

    model = SMALL[name]
    parameters, batch = random_parameters(model), random_batch(3, 4, np.random.default_rng(2))
    w = {key: value.astype(np.float64) for key, value in parameters.items()}
    twin = peer.Strokes(parameters, model.mixture, **options)
    loss = twin.loss(*map(torch.from_numpy, steps(*batch)))
    loss.backward()
    expected_loss, expected_raw = numpy_loss(model, w, batch)
    raw = twin.raw(torch.from_numpy(steps(*batch)[0])).detach()
    np.testing.assert_allclose(raw, expected_raw, atol=1e-5)
    np.testing.assert_allclose(loss.item(), expected_loss, rtol=1e-5)
    if options:
        found = twin.cell.gradients()
    else:
        found = {key: getattr(twin.cell, field).grad for key, field in twin.cell.names.items()}
        if "hyper" in name:
            found = unpack({key: value.numpy() for key, value in found.items()})
    found = {f"cell/{key}": value for key, value in found.items()} | {
        "output/kernel": twin.kernel.grad, "output/bias": twin.bias.grad}
    expected = complex_step(lambda a: numpy_loss(model, a, batch)[0], w)
    assert found.keys() == expected.keys() >= {f"cell/{key}" for key in below("cell", w)}
    for key, gradient in expected.items():
        np.testing.assert_allclose(
            found[key], gradient, rtol=0, atol=1e-4 * np.abs(gradient).max(), err_msg=key)


def test_the_built_in_lstm_trains_as_the_one_by_hand(peer):
    parameters = random_parameters(SMALL["lstm"])
    losses = []
    for options in ({}, {"built_in": True}):
        random, train = np.random.default_rng(5), peer.trainer(
            parameters, SMALL["lstm"].mixture, **options)
        losses.append([train(*random_batch(4, 6, random)) for _ in range(4)])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-5)


@pytest.mark.parametrize("name,options", PEERS)
def test_training_goes_down(peer, name, options):
    train = peer.trainer(random_parameters(SMALL[name]), SMALL[name].mixture, **options)
    batch = random_batch(8, 6, np.random.default_rng(6))
    first = train(*batch)
    for _ in range(60):
        last = train(*batch)
    assert last < first - 0.1


def test_a_time_is_that_of_one_net(peer):
    """The worker's line: time, size and loss."""
    import sys

    import strokes_step

    result = bench_rounds.run([
        sys.executable, strokes_step.__file__, "--worker", "torch", "--net", "lstm", "--batch", "2",
        "--length", "3", "--steps", "1", "--threads", "1"])
    assert result["parameters"] == 501_099 and result["medianStepMillis"] > 0
