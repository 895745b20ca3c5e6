# SPDX-License-Identifier: Apache-2.0
"""The signatures of an exported stroke model, as a client uses them, against the NumPy reference.

HYPERNET4J_MODEL names a version folder (the one that holds saved_model.pb).
"""

import json

import numpy as np
import pytest

import exported_model

FOLDER = exported_model.folder()
tf = pytest.importorskip("tensorflow")

import exported_strokes  # noqa: E402
from keras_twin import read_export  # noqa: E402

LENGTHS = [7, 0, 3, 1]
PARAMETERS = ("pi", "mu", "sigma", "rho", "pen")
DRAWS = 4000


@pytest.fixture(scope="module")
def manifest():
    return exported_model.manifest()


@pytest.fixture(scope="module")
def signatures():
    model = tf.saved_model.load(str(FOLDER))
    yield model.signatures  # the model must outlive them


@pytest.fixture(scope="module")
def reference(manifest):
    return exported_strokes.reference(manifest)


@pytest.fixture(scope="module")
def w():
    return exported_strokes.weights(read_export(FOLDER))


@pytest.fixture(scope="module")
def points(reference):
    """[B, T, 3] in data units."""
    random = np.random.RandomState(1)
    drawn = random.standard_normal((len(LENGTHS), max(LENGTHS), 3))
    drawn = drawn * [reference.scaling.sd_x, reference.scaling.sd_y, 0]
    drawn = drawn + [reference.scaling.mean_x, reference.scaling.mean_y, 0]
    drawn[..., 2] = random.random_sample(drawn.shape[:2]) < 0.4
    return drawn.astype(np.float32)


def latent(reference, rows=len(LENGTHS), seed=2):
    """z [B, Z], or None for a model that has none."""
    if not reference.latent:
        return None
    return np.random.RandomState(seed).standard_normal((rows, reference.latent)).astype(np.float32)


def call(signatures, key, z=None, **inputs):
    """The outputs as arrays."""
    inputs |= {} if z is None else {"z": z}
    answer = signatures[key](**{alias: tf.constant(value) for alias, value in inputs.items()})
    return {alias: value.numpy() for alias, value in answer.items()}


def begin(signatures, rows, z=None):
    if z is None:
        return call(signatures, "initial_state", point=np.full((rows, 3), 7, np.float32))
    return call(signatures, "initial_state", z)


def state_of(answer):
    return {alias: value for alias, value in answer.items() if alias.startswith("state_")}


def sample(signatures, z=None, prime=None, rows=1, **settings):
    """Draws; settings are one number or one for each row."""
    types = {"prime_lengths": np.int32, "count": np.int32, "temperature": np.float32,
             "bias": np.float32, "seed": np.int64}
    settings = {"prime_lengths": 0, "bias": 0, "temperature": 1} | settings
    inputs = {name: np.broadcast_to(np.array(settings[name], dtype), [rows])
              for name, dtype in types.items()}
    prime = np.zeros((rows, 0, 3), np.float32) if prime is None else prime
    return call(signatures, "sample", z, prime=prime, **inputs)


def assert_near(actual, expected, where="", scale=1.0):
    np.testing.assert_allclose(
        actual, expected, rtol=1e-4, atol=2e-5 * scale, err_msg=where)


def assert_density(answer, expected, reference):
    """Parameters; lengths in data units are as exact as the deviation is large."""
    largest = max(reference.scaling.sd_x, reference.scaling.sd_y)
    for name in PARAMETERS:
        assert_near(
            answer[name], expected[name], name, largest if name in ("mu", "sigma") else 1.0)


def test_the_guide_describes_units_and_state(signatures, manifest, reference):
    guide = manifest["guide"]
    z = latent(reference)
    state = state_of(begin(signatures, len(LENGTHS), z))
    assert {alias: list(value.shape) for alias, value in state.items()} == {
        alias: [len(LENGTHS), size] for alias, size in guide["state"].items()}
    assert guide["pen"] == reference.mixture.pen
    assert guide["mixtures"] == reference.mixture.components
    keys = {"serving_default", "initial_state", "step", "score", "sample"}
    if reference.latent:
        keys.add("encode")
    if "Hyper" in repr(reference.cell):
        keys.add("trace")
    assert set(signatures) == keys


def test_initial_state_has_read_the_start_token(signatures, reference, w):
    z = latent(reference)
    answer = begin(signatures, len(LENGTHS), z)
    expected, state = reference.initial_state(w, len(LENGTHS), z)
    assert_density(answer, expected, reference)
    for part, value in state.items():
        assert_near(answer["state_" + part.replace("/", "_")], value, part)


def test_steps_are_those_of_the_reference_even_by_way_of_json(signatures, reference, w, points):
    z = latent(reference)
    answer = begin(signatures, len(points), z)
    _, state = reference.initial_state(w, len(points), z)
    for t in range(points.shape[1]):
        sent = json.loads(json.dumps({k: v.tolist() for k, v in state_of(answer).items()}))
        answer = call(
            signatures, "step", z, point=points[:, t],
            **{alias: np.array(value, np.float32) for alias, value in sent.items()})
        expected, state = reference.step(w, points[:, t].astype(np.float64), state, z)
        assert_density(answer, expected, reference)
    for part, value in state.items():
        assert_near(answer["state_" + part.replace("/", "_")], value, part)


def test_serving_default_has_the_density_of_every_point(signatures, reference, w, points):
    z = latent(reference)
    answer = call(signatures, "serving_default", z, points=points)
    assert answer["pi"].shape == (
        len(points), points.shape[1] + 1, reference.mixture.components)
    assert_density(answer, reference.density(w, points.astype(np.float64), z), reference)


def test_scores(signatures, reference, w, points):
    """Nats of offsets and pens, and of every point; a padded NaN is not looked at."""
    padded = points.copy()
    for b, length in enumerate(LENGTHS):
        padded[b, length:] = np.nan
    answer = call(signatures, "score", points=padded, lengths=np.array(LENGTHS, np.int32))
    z = None
    if reference.latent:
        z, logvar = reference.encode(w, points, LENGTHS)
        kl = (z * z + np.exp(logvar) - 1 - logvar).sum(axis=1) / 2
        assert_near(answer.pop("kl"), kl, "kl", 10)
    expected = reference.score(w, points, LENGTHS, z)
    assert set(answer) == set(expected)
    for name, value in expected.items():
        assert_near(answer[name], value, name, 10)
    assert not answer["point_nats"][np.arange(points.shape[1]) >= np.array(LENGTHS)[:, None]].any()


def test_encode(signatures, reference, w, points):
    if not reference.latent:
        assert "encode" not in signatures
        return
    padded = np.where(
        np.arange(points.shape[1])[None, :, None] < np.array(LENGTHS)[:, None, None],
        points, np.float32(np.nan))
    answer = call(signatures, "encode", points=padded, lengths=np.array(LENGTHS, np.int32))
    for name, value in zip(("z_mean", "z_logvar"), reference.encode(w, points, LENGTHS)):
        assert_near(answer[name], value, name)


def test_without_warmth_the_likeliest_point_is_drawn(signatures, reference, w, points):
    """Step by step in NumPy from a prime of its own length for each row."""
    z, count = latent(reference), 12
    lengths = np.array(LENGTHS)
    made = sample(signatures, z, points, rows=len(points), prime_lengths=lengths, count=count,
                  temperature=0, seed=np.arange(len(points)))
    for b, length in enumerate(lengths):
        own = None if z is None else z[b:b + 1]
        density, state = reference.initial_state(w, 1, own)
        for point in points[b, :length]:
            density, state = reference.step(w, point[None].astype(np.float64), state, own)
        expected, ended = [], False
        while len(expected) < count and not ended:
            pen = density["pen"][0]
            pen = int(pen > 0.5) if reference.mixture.pen == "bernoulli" else pen.argmax()
            ended = pen == 2
            if not ended:
                mean = density["mu"][0, density["pi"][0].argmax()]
                expected.append([*mean, pen])
                density, state = reference.step(w, np.array(expected[-1:]), state, own)
        assert made["lengths"][b] == len(expected) and made["ended"][b] == ended
        if expected:
            np.testing.assert_allclose(
                made["points"][b, :len(expected)], expected, rtol=1e-3, atol=1e-3)
        assert not made["points"][b, len(expected):].any()


@pytest.mark.parametrize("temperature,bias", [(1.0, 0.0), (0.4, 0.0), (1.0, 1.5), (2.0, 0.5)])
def test_first_points_have_the_distribution_of_the_density(
        signatures, manifest, reference, w, temperature, bias):
    """Means, covariances and pens of many draws, each within five standard errors.

    With a temperature tau, pi^tau' and pen^tau' for tau' = 1 / tau, and the variance times tau, or
    sigma times tau; with a bias b, pi^(1 + b) and sigma exp(-b).
    """
    one = latent(reference, rows=1)
    z = None if one is None else np.repeat(one, DRAWS, axis=0)
    made = sample(signatures, z, rows=DRAWS, count=1, temperature=temperature, bias=bias,
                  seed=np.arange(DRAWS) + 17)
    density, _ = reference.initial_state(w, 1, one)
    density = {name: value[0] for name, value in density.items()}
    pi = density["pi"] ** ((1 + bias) / temperature)
    pi = pi / pi.sum()
    law = manifest["guide"]["temperatureLaw"]
    sigma = density["sigma"] * np.exp(-bias) * (
        temperature if law == "sigma" else np.sqrt(temperature))
    if reference.mixture.pen == "bernoulli":
        pens = np.array([1 - density["pen"], density["pen"]])
    else:
        pens = density["pen"]
    pens = pens ** (1 / temperature)
    pens = pens / pens.sum()
    drawn = made["lengths"] == 1
    lifted = made["points"][drawn, 0, 2]
    found = [np.mean(drawn & ~made["ended"]) * (1 - lifted.mean()), drawn.mean() * lifted.mean()]
    for share, expected in zip(found, pens):
        assert abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / DRAWS) + 1e-4
    # the pen is drawn apart from the offset
    offsets = made["points"][drawn, 0, :2].astype(np.float64)
    mean = pi @ density["mu"]
    covariance = np.zeros((2, 2))
    for weight, mu, sd, rho in zip(pi, density["mu"], sigma, density["rho"]):
        own = np.array([[sd[0]**2, rho * sd[0] * sd[1]], [rho * sd[0] * sd[1], sd[1]**2]])
        covariance += weight * (own + np.outer(mu - mean, mu - mean))
    centred = offsets - mean
    for values, expected in (
            (centred[:, 0], 0), (centred[:, 1], 0), (centred[:, 0]**2, covariance[0, 0]),
            (centred[:, 1]**2, covariance[1, 1]), (centred.prod(axis=1), covariance[0, 1])):
        error = values.std() / np.sqrt(len(values))
        assert abs(values.mean() - expected) < 5 * error


def test_one_seed_gives_one_drawing_whatever_else_is_in_the_batch(signatures, reference, points):
    z, seeds, counts = latent(reference, rows=2), np.array([11, 12]), np.array([30, 9])
    both = sample(signatures, z, points[:2], rows=2, prime_lengths=[4, 0], count=counts, seed=seeds)
    for b in range(2):
        own = None if z is None else z[b:b + 1]
        alone = sample(signatures, own, points[b:b + 1, :4], prime_lengths=[4, 0][b],
                       count=counts[b], seed=seeds[b])
        length = both["lengths"][b]
        assert alone["lengths"][0] == length <= counts[b]
        assert alone["ended"][0] == both["ended"][b] == (length < counts[b])
        np.testing.assert_allclose(
            both["points"][b, :length], alone["points"][0, :length], rtol=1e-3, atol=1e-3)
        assert not both["points"][b, length:].any()
        assert set(both["points"][b, :length, 2]) <= {0, 1}
    other = sample(signatures, z, points[:2], rows=2, prime_lengths=[4, 0], count=counts,
                   seed=seeds + 2)
    assert other["points"].shape != both["points"].shape or (
        other["points"] != both["points"]).any()


def test_variables_have_the_names_of_cell_and_output(manifest, reference, w):
    names = {f"cell/{name}" for name in reference.cell.shapes()} | {"output/kernel", "output/bias"}
    if reference.latent:
        names |= {f"encoder/{way}/{name}" for way in ("forwards", "backwards")
                  for name in reference.encoder.shapes()}
        names |= {f"latent/{part}/{name}" for part in ("mean", "logvar", "state")
                  for name in ("kernel", "bias")}
    assert set(w) == names == {entry["name"] for entry in manifest["parameters"]}
