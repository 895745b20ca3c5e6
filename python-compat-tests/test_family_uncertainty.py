# SPDX-License-Identifier: Apache-2.0
"""A Bayesian and an implicit hypernetwork in exported models, against NumPy in float64.

Images, noise and seeds here were never seen in Java.
"""

import numpy as np
import pytest

import exported_family
from exported_family import dense, relu

BAYESIAN = exported_family.folder("uncertainty-mnist")
SEED_2 = exported_family.folder("uncertainty-mnist-seed-2-baked")
IMPLICIT = exported_family.folder("uncertainty-mnist-implicit")
tf = pytest.importorskip("tensorflow")

from keras_twin import read_export  # noqa: E402

DRAWS = 5  # of the specification that the Java test exports
GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


@pytest.fixture(scope="module")
def bayesian():
    model = tf.saved_model.load(str(BAYESIAN))
    yield model.signatures  # the model must outlive them


@pytest.fixture(scope="module")
def implicit():
    model = tf.saved_model.load(str(IMPLICIT))
    yield model.signatures


@pytest.fixture(scope="module")
def w():
    return read_export(BAYESIAN)


@pytest.fixture(scope="module")
def images():
    return np.random.RandomState(1).random_sample((3, 28, 28, 1)).astype(np.float32)


def noise_size(signatures):
    return signatures["serving_default"].structured_input_signature[1]["z"].shape[2]


def uniform(seed, position):
    """The number of SplitMix64 at a position, in [0, 1)."""
    z = (seed + (position + 1) * GAMMA) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return ((z ^ (z >> 31)) >> 11) * 2.0**-53


def noise(seed, count):
    """Box and Muller."""
    return np.array([
        np.sqrt(-2 * np.log(1 - uniform(seed, 2 * i))) * np.cos(2 * np.pi * uniform(seed, 2 * i + 1))
        for i in range(count)])


def flow_of(w, z):
    """Scale factors from noise: couplings of halves, then a scale and a shift of each."""
    half = len(z) // 2
    a, b = np.split(np.asarray(z, np.float64), [half])
    k = 0
    while f"flow/coupling{k}/W" in w:
        scope = f"flow/coupling{k}"
        read, moved = (a, b) if k % 2 == 0 else (b, a)
        h = relu(dense(read, w[f"{scope}/hidden0/W"], w[f"{scope}/hidden0/b"]))
        r, t = np.split(dense(h, w[f"{scope}/W"], w[f"{scope}/b"]), 2)
        moved = moved * np.exp(np.tanh(r)) + t
        a, b = (a, moved) if k % 2 == 0 else (moved, b)
        k += 1
    assert k == 2
    return w["flow/mean"] + np.exp(np.float64(w["flow/logScale"])) * np.concatenate([a, b])


def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def probabilities_of(w, image, z):
    factors = flow_of(w, z)
    h, at = image.reshape(-1).astype(np.float64), 0
    for layer in range(2):
        v = np.float64(w[f"network/dense{layer}/v"])
        g = factors[at:at + v.shape[1]]
        h = (h @ v) / np.linalg.norm(v, axis=0) * g + w[f"network/dense{layer}/bias"]
        h = relu(h) if layer == 0 else h
        at += v.shape[1]
    return softmax(h)


def entropy(p):
    return -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0), axis=-1)


def assert_predictions(answer, draws):
    """draws [B, R, classes]: what each network says."""
    mean = draws.mean(axis=1)
    np.testing.assert_allclose(answer["probabilities"], mean, rtol=0, atol=2e-5)
    np.testing.assert_allclose(answer["entropy"], entropy(mean), rtol=0, atol=1e-4)
    np.testing.assert_allclose(
        answer["mutualInformation"], entropy(mean) - entropy(draws).mean(axis=1), rtol=0, atol=1e-4)
    np.testing.assert_array_equal(answer["class"], mean.argmax(axis=1))


def test_noise_of_the_caller_makes_the_networks(bayesian, w, images):
    z = np.random.RandomState(2).standard_normal((3, 4, noise_size(bayesian))).astype(np.float32)
    answer = bayesian["serving_default"](image=images, z=z)
    assert_predictions(answer, np.array([
        [probabilities_of(w, image, own) for own in rows] for image, rows in zip(images, z)]))


def test_a_seed_makes_the_networks(bayesian, w, images):
    seeds = np.array([2**63 - 5, 0, 12345], np.int64)
    answer = bayesian["sample"](image=images, seed=seeds)
    size = noise_size(bayesian)
    draws = [noise(int(seed), DRAWS * size).reshape(DRAWS, size) for seed in seeds]
    assert_predictions(answer, np.array([
        [probabilities_of(w, image, own) for own in rows] for image, rows in zip(images, draws)]))


def test_a_seed_is_noise_for_an_implicit_network_too(implicit, images):
    seeds = np.array([7, 8, 9], np.int64)
    size = noise_size(implicit)
    z = np.array([noise(int(seed), DRAWS * size).reshape(DRAWS, size) for seed in seeds])
    sampled = implicit["sample"](image=images, seed=seeds)
    given = implicit["serving_default"](image=images, z=z.astype(np.float32))
    for name in ("probabilities", "entropy", "mutualInformation"):
        np.testing.assert_allclose(sampled[name], given[name], rtol=0, atol=1e-4)
    assert np.all(np.asarray(given["mutualInformation"]) > 0)


@pytest.mark.parametrize("key", ["bayesian", "implicit"])
def test_a_row_without_a_network_disturbs_no_other(key, images, request):
    signatures = request.getfixturevalue(key)
    z = np.random.RandomState(3).standard_normal((3, 2, noise_size(signatures))).astype(np.float32)
    good = signatures["serving_default"](image=images, z=z)
    z[1, 1, 0] = np.nan
    answer = signatures["serving_default"](image=images, z=z)
    assert answer["class"][1] == -1 and np.isnan(answer["entropy"][1])
    for i in (0, 2):
        np.testing.assert_allclose(answer["probabilities"][i], good["probabilities"][i], atol=1e-6)
        assert answer["class"][i] == good["class"][i]


def test_one_draw_folded_is_a_plain_network(w, images):
    v = read_export(SEED_2)
    model = tf.saved_model.load(str(SEED_2))
    answer = model.signatures["serving_default"](image=images)
    z = noise(2, len(w["flow/mean"]))
    h = relu(dense(images.reshape(3, -1), v["dense0/kernel"], v["dense0/bias"]))
    np.testing.assert_allclose(
        answer["logits"], dense(h, v["dense1/kernel"], v["dense1/bias"]), rtol=0, atol=1e-4)
    np.testing.assert_allclose(
        answer["probabilities"], [probabilities_of(w, image, z) for image in images],
        rtol=0, atol=2e-5)
