# SPDX-License-Identifier: Apache-2.0
"""The NumPy stroke model against public code's golden vectors, closed forms and integrals."""

import numpy as np
import pytest

from numpy_reference import sketch_rnn
from numpy_reference.gradient import complex_step
from numpy_reference.hyper_cells import HyperLstm
from numpy_reference.mixture import Mixture
from numpy_reference.names import below, under
from numpy_reference.plain_cells import Lstm
from numpy_reference.sequence import run
from numpy_reference.strokes import Scaling, StrokeModel
from numpy_reference.wrappers import SkipStacked, Stacked

LOSSES = ("mdn_magenta_plain_k5", "mdn_magenta_sharp_k3", "mdn_magenta_extreme_k4",
          "mdn_bernoulli_plain_k4", "mdn_bernoulli_sharp_k3")
MODELS = ("mdn_sketchrnn_lstm", "mdn_sketchrnn_hyper", "mdn_sketchrnn_vae_lstm")

golden = pytest.mark.skipif(
    not sketch_rnn.FOLDER.exists(), reason=f"the golden vectors are not here: {sketch_rnn.FOLDER}")


def targets(case, arrays):
    """(offsets [rows, 2], pen [rows]) of a golden case's rows, row b T + t."""
    if case.startswith("mdn_bernoulli"):
        rows = arrays["targets"].reshape(-1, 3).astype(np.float64)
        return rows[:, :2], rows[:, 2]
    rows = arrays["strokes5"][:, 1:].reshape(-1, 5).astype(np.float64)
    return rows[:, :2], rows[:, 2:].argmax(axis=1)


def mixture_of(name, described, **settings):
    return Mixture(
        described["mixtures"], "bernoulli" if name.startswith("mdn_bernoulli") else "three-way",
        **settings)


@golden
@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_gradients_of_raw_outputs(name):
    """Without an epsilon against numbers that 60 digits were checked with; extreme rows, too."""
    described, arrays = sketch_rnn.read(name)
    mixture = mixture_of(name, described)
    offsets, pen = targets(name, arrays)
    counts = np.ones(len(pen)) if mixture.pen == "bernoulli" else pen != 2
    raw = arrays["raw"].astype(np.float64)

    def loss(a):
        offset = mixture.offset_loss(a["raw"], offsets) * counts
        return (offset + mixture.pen_loss(a["raw"], pen)).mean(axis=-1)

    np.testing.assert_allclose(
        mixture.offset_loss(raw, offsets) * counts, arrays["exact/offset_loss"], rtol=1e-9,
        atol=1e-9)
    np.testing.assert_allclose(
        mixture.pen_loss(raw, pen), arrays["exact/pen_loss"], rtol=1e-12, atol=1e-12)
    found = complex_step(loss, {"raw": raw})["raw"]
    for row, expected in zip(found, arrays["exact/grad_raw"]):
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


@golden
@pytest.mark.parametrize("name", LOSSES)
def test_mixture_parameters(name):
    described, arrays = sketch_rnn.read(name)
    found = mixture_of(name, described).parameters(arrays["raw"].astype(np.float64))
    pen = "eos" if name.startswith("mdn_bernoulli") else "pen"
    for key, value in (("pi", found["pi"]), ("rho", found["rho"]), (pen, found["pen"]),
                       ("sigma1", found["sigma"][..., 0])):
        np.testing.assert_allclose(value, arrays[f"f64/{key}"], rtol=1e-12, atol=1e-15, err_msg=key)
    if pen == "pen":
        means = np.stack([arrays["f64/mu1"], arrays["f64/mu2"]], axis=-1)
        np.testing.assert_allclose(found["mu"], means, rtol=1e-12)


@golden
@pytest.mark.parametrize("name", [name for name in LOSSES if "magenta" in name])
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_an_epsilon_is_added_to_the_density(name, mode):
    described, arrays = sketch_rnn.read(name)
    mixture = mixture_of(name, described, density_epsilon=described["density_epsilon"])
    offsets, pen = targets(name, arrays)
    raw = arrays["raw"].astype(np.float64)
    nats = np.where(pen != 2, mixture.offset_loss(raw, offsets), 0)
    nats = nats + mixture.pen_loss(raw, pen) * (pen != 2 if mode == "eval" else 1)
    np.testing.assert_allclose(nats, arrays[f"f64/{mode}/point_loss"], rtol=1e-9, atol=1e-9)


@golden
@pytest.mark.parametrize("name", [name for name in LOSSES if "bernoulli" in name])
def test_a_floor_is_the_smallest_density(name):
    described, arrays = sketch_rnn.read(name)
    mixture = mixture_of(name, described, density_floor=described["density_floor"])
    offsets, pen = targets(name, arrays)
    raw = arrays["raw"].astype(np.float64)
    nats = mixture.offset_loss(raw, offsets) + mixture.pen_loss(raw, pen)
    np.testing.assert_allclose(nats, arrays["f64/point_loss"], rtol=1e-9, atol=1e-9)


def test_a_floor_takes_the_place_of_a_smaller_density():
    raw = np.zeros((2, 6))  # one component of the standard normal distribution
    offsets = np.array([[0.0, 0.0], [50.0, 0.0]])
    np.testing.assert_allclose(
        Mixture(1, "none", density_floor=1e-20).offset_loss(raw, offsets),
        [np.log(2 * np.pi), -np.log(1e-20)])


@golden
@pytest.mark.parametrize("name", MODELS)
def test_whole_models(name):
    """Raw outputs, loss, final state and the gradient of every weight."""
    case, arrays = sketch_rnn.read(name)
    model = sketch_rnn.model(case)
    weights = sketch_rnn.renamed(case, {
        key: value.astype(np.float64) for key, value in below("w", arrays).items()})
    strokes = np.moveaxis(arrays["strokes5"].astype(np.float64), 1, 0)
    rows, following = strokes[:-1], strokes[1:]
    offsets, pen = following[..., :2], following[..., 2:].argmax(axis=-1)

    def latent(w):
        """z, and what it costs: kl_weight KL."""
        if not case["encoder"]:
            return None, 0, {}
        mean, logvar = model.encode_rows(w, following, arrays["lengths"])
        kl = -(1 + logvar - mean * mean - np.exp(logvar)).mean(axis=(-1, -2)) / 2
        z = mean + np.exp(logvar / 2) * arrays["eps"]
        return z, case["encoder"]["kl_weight"] * kl, {
            "z_mean": mean, "z_logvar": logvar, "z": z, "kl": kl}

    def forward(w):
        z, cost, found = latent(w)
        start = model.initial(w, case["batch"], z)
        raw, states = model.raw(w, rows, start, z)
        steps = [
            np.where(pen[t] != 2, model.mixture.offset_loss(raw[t], offsets[t]), 0)
            + model.mixture.pen_loss(raw[t], pen[t]) for t in range(case["steps"])]
        loss = sum(step.mean(axis=-1) for step in steps) / case["steps"]
        return loss + cost, found | {
            "raw": np.moveaxis(raw, 1, 0).reshape(-1, raw.shape[-1]), "loss": loss,
            "point_loss": np.stack(steps, axis=1).reshape(-1)}, start, states[-1]

    cost, found, start, last = forward(weights)
    for key, value in found.items():
        np.testing.assert_allclose(
            value, arrays[f"f64/{key}"], rtol=1e-11, atol=1e-11, err_msg=key)
    if case["decoder_cell"] == "lstm":  # packed [c | h]
        states = {"final_state": last} | ({"initial_state": start} if case["encoder"] else {})
    else:  # packed [h | hhat | c | chat]
        order = ("main/h", "hyper/h", "main/c", "hyper/c")
        states = {"final_state": {part: last[part] for part in order}}
    for key, parts in states.items():
        np.testing.assert_allclose(
            np.concatenate(list(parts.values()), axis=-1), arrays[f"f64/{key}"], atol=1e-12)
    expected = sketch_rnn.renamed(case, below("f64/grad", arrays))
    gradients = complex_step(lambda w: forward(w)[0], weights)
    assert gradients.keys() == expected.keys()
    for key, gradient in gradients.items():
        np.testing.assert_allclose(
            gradient, expected[key], rtol=0, atol=1e-10 * np.abs(expected[key]).max(), err_msg=key)


def raw_outputs(mixture, rows=4, seed=1):
    return np.random.RandomState(seed).standard_normal((rows, mixture.columns())) * 0.7


@pytest.mark.parametrize("settings", [
    {}, {"sigma_floor": 0.3}, {"correlation_bound": 0.5}, {"density_epsilon": 0.01}])
def test_the_density_has_the_weight_one(settings):
    """By the trapezoidal rule on a grid, which an epsilon lifts everywhere."""
    mixture = Mixture(3, "none", **settings)
    raw = raw_outputs(mixture)[:, None]
    line = np.linspace(-30, 30, 1201)
    step = line[1] - line[0]
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(1, -1, 2)
    density = np.exp(-mixture.offset_loss(raw, grid)) - settings.get("density_epsilon", 0)
    np.testing.assert_allclose(density.sum(axis=1) * step**2, 1, rtol=1e-6)


def test_limits_are_those_of_the_parameters():
    mixture = Mixture(3, "bernoulli", sigma_floor=0.3, correlation_bound=0.5)
    raw = raw_outputs(mixture)
    found, free = mixture.parameters(raw), Mixture(3, "bernoulli").parameters(raw)
    np.testing.assert_allclose(found["sigma"], free["sigma"] + 0.3)
    np.testing.assert_allclose(
        found["rho"], np.tanh(0.5 * np.tanh(2 * np.arctanh(free["rho"]))))


def model_of(pen):
    small = Lstm((3 if pen == "bernoulli" else 5) + 6, 4, epsilon=1e-3)
    cell = HyperLstm(small.input_size - 6, 6, 2, small, epsilon=1e-3)
    return StrokeModel(cell, Mixture(3, pen), Scaling(0.5, -1.0, 20.0, 8.0))


def weights_of(model, seed=3):
    random = np.random.RandomState(seed)
    shapes = under("cell", model.cell.shapes()) | {
        "output/kernel": (model.cell.output_size, model.mixture.columns()),
        "output/bias": (model.mixture.columns(),)}
    return {name: random.standard_normal(shape) * 0.5 for name, shape in shapes.items()}


def points_of(batch=3, time=5, seed=4):
    random = np.random.RandomState(seed)
    points = random.standard_normal((batch, time, 3)) * 15
    points[..., 2] = random.random_sample((batch, time)) < 0.4
    return points


@pytest.mark.parametrize("pen", ["bernoulli", "three-way"])
def test_a_score_is_the_sum_of_steps(pen):
    """One point after the other, from the parameters alone, as a client would add them up."""
    model, points, lengths = model_of(pen), points_of(), [5, 0, 3]
    w = weights_of(model)
    padded = np.where(np.arange(5)[None, :, None] < np.array(lengths)[:, None, None], points, np.nan)
    score = model.score(w, padded, lengths)
    for b, length in enumerate(lengths):
        answer, state = model.initial_state(w, 1)
        nats_offset = nats_pen = 0.0
        for t in range(length):
            point = points[b, t]
            x = point[:2]
            density = 0.0
            for k in range(3):
                mu, sigma, rho = answer["mu"][0, k], answer["sigma"][0, k], answer["rho"][0, k]
                covariance = np.array([
                    [sigma[0]**2, rho * sigma[0] * sigma[1]],
                    [rho * sigma[0] * sigma[1], sigma[1]**2]])
                q = (x - mu) @ np.linalg.solve(covariance, x - mu)
                density += answer["pi"][0, k] * np.exp(-q / 2) / (
                    2 * np.pi * np.sqrt(np.linalg.det(covariance)))
            lift = answer["pen"][0] if pen == "bernoulli" else answer["pen"][0, 1]
            down = 1 - lift if pen == "bernoulli" else answer["pen"][0, 0]
            # the parameters are in data units, the score in normalised ones
            offset, pen_nats = -np.log(density * 20.0 * 8.0), -np.log(lift if point[2] else down)
            np.testing.assert_allclose(score["point_nats"][b, t], offset + pen_nats, rtol=1e-10)
            nats_offset, nats_pen = nats_offset + offset, nats_pen + pen_nats
            answer, state = model.step(w, point[None], state)
        whole = model.density(w, points[b:b + 1, :length])
        for key, value in answer.items():
            np.testing.assert_allclose(whole[key][:, length], value, rtol=1e-12)
        if pen == "three-way":
            nats_pen -= np.log(answer["pen"][0, 2])
        assert not score["point_nats"][b, length:].any()
        np.testing.assert_allclose(score["nats_offset"][b], nats_offset, rtol=1e-10)
        np.testing.assert_allclose(score["nats_pen"][b], nats_pen, rtol=1e-10)
        np.testing.assert_allclose(score["nats"][b], nats_offset + nats_pen, rtol=1e-10)
        np.testing.assert_allclose(
            score["nats_raw"][b], score["nats"][b] + length * np.log(20.0 * 8.0), rtol=1e-10)


def test_skip_connections():
    """With nothing from the input above the first layer, the layers of a plain stack."""
    skips = SkipStacked((Lstm(3, 4), Lstm(7, 5)))
    random = np.random.RandomState(5)
    w = {name: random.standard_normal(shape) for name, shape in skips.shapes().items()}
    w["layer1/W_x"][:3] = 0
    plain = Stacked((Lstm(3, 4), Lstm(4, 5)))
    xs = random.standard_normal((6, 2, 3))
    state = {part: np.zeros((2, size)) for part, size in plain.state_sizes().items()}
    outputs, states = run(skips, w, xs, state)
    expected, following = run(plain, w | {"layer1/W_x": w["layer1/W_x"][3:]}, xs, state)
    assert skips.output_size == 9
    for output, top, step in zip(outputs, expected, following):
        np.testing.assert_allclose(output, np.concatenate([step["layer0/h"], top], axis=1))
    w["layer1/W_x"][:3] = 1
    assert np.abs(run(skips, w, xs, state)[0][0] - outputs[0])[:, 4:].min() > 1e-4
