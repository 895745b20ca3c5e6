# SPDX-License-Identifier: Apache-2.0
"""Nets of two widths in the exported model, against really cropped ones in NumPy float64.

The images and most pairs of widths were never seen in Java.
"""

import numpy as np
import pytest

import exported_family
from exported_family import dense, relu

FOLDER = exported_family.folder("pruning-widths")
ONE = exported_family.folder("pruning-widths-3-2-baked")
tf = pytest.importorskip("tensorflow")

from keras_twin import read_export  # noqa: E402

F = 5


@pytest.fixture(scope="module")
def signatures():
    model = tf.saved_model.load(str(FOLDER))
    yield model.signatures  # the model must outlive them


@pytest.fixture(scope="module")
def w():
    return read_export(FOLDER)


@pytest.fixture(scope="module")
def filters(w):
    return [w[f"generator/conv{i}/bias/B"].shape[0] for i in range(2)]


def conv(x, kernel, bias):
    """SAME convolution of one image [h, w, in]."""
    h, width, _ = x.shape
    padded = np.pad(x, [(F // 2, F // 2)] * 2 + [(0, 0)])
    return bias + sum(
        padded[a:a + h, b:b + width] @ kernel[a, b] for a in range(F) for b in range(F))


def pool(x):
    h, w, c = x.shape
    return x.reshape(h // 2, 2, w // 2, 2, c).max(axis=(1, 3))


def net_of(w, filters, widths):
    """The weights of the net that is as small as its widths, by name."""
    condition = np.asarray(widths, np.float64) / filters

    def made(name, *sizes):
        scope = f"generator/{name}"
        h = relu(dense(condition, w[f"{scope}/hidden0/W"], w[f"{scope}/hidden0/b"]))
        return dense(h, w[f"{scope}/H"], w[f"{scope}/B"]).reshape(sizes)

    (a, b), (full_a, full_b) = widths, filters
    return {
        "conv0/kernel": made("conv0/kernel", F, F, 1, full_a)[..., :a],
        "conv0/bias": made("conv0/bias", full_a)[:a],
        "conv1/kernel": made("conv1/kernel", F, F, full_a, full_b)[:, :, :a, :b],
        "conv1/bias": made("conv1/bias", full_b)[:b],
        "dense0/kernel": made("dense0/kernel", 49, full_b, 10)[:, :b].reshape(-1, 10),
        "dense0/bias": made("dense0/bias", 10),
    }


def logits_of(net, image):
    x = relu(pool(conv(image.astype(np.float64), net["conv0/kernel"], net["conv0/bias"])))
    x = relu(pool(conv(x, net["conv1/kernel"], net["conv1/bias"])))
    return dense(x.reshape(-1), net["dense0/kernel"], net["dense0/bias"])


def images(count):
    return np.random.RandomState(1).random_sample((count, 28, 28, 1)).astype(np.float32)


def test_every_pair_of_widths_is_a_net_of_its_own(signatures, w, filters):
    widths = np.array([(a, b) for a in range(1, filters[0] + 1)
                       for b in range(1, filters[1] + 1)], np.int32)
    x = images(len(widths))
    answer = signatures["serving_default"](image=x, widths=widths)
    for i, pair in enumerate(widths):
        expected = logits_of(net_of(w, filters, pair), x[i])
        np.testing.assert_allclose(answer["logits"][i], expected, rtol=1e-4, atol=1e-4)
        shares = np.exp(expected - expected.max())
        np.testing.assert_allclose(
            answer["probabilities"][i], shares / shares.sum(), rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(answer["class"], np.argmax(answer["logits"], axis=1))


def test_widths_that_are_none_spoil_their_row_alone(signatures, filters):
    x = images(4)
    good = np.array([[2, 2]] * 4, np.int32)
    mixed = good.copy()
    mixed[1] = [0, 2]
    mixed[2] = [2, filters[1] + 1]
    whole = signatures["serving_default"](image=x, widths=good)
    answer = signatures["serving_default"](image=x, widths=mixed)
    for i in (1, 2):
        assert np.isnan(answer["logits"][i]).all() and np.isnan(answer["probabilities"][i]).all()
        assert answer["class"][i] == -1
    for i in (0, 3):
        np.testing.assert_allclose(answer["logits"][i], whole["logits"][i], rtol=1e-5, atol=1e-6)


def test_one_net_folded_has_small_tensors(w, filters):
    v = read_export(ONE)
    expected = net_of(w, filters, (3, 2))
    assert set(v) == set(expected)
    for name, value in expected.items():
        assert v[name].shape == value.shape, name
        np.testing.assert_allclose(v[name], value, rtol=1e-5, atol=1e-6, err_msg=name)
    model = tf.saved_model.load(str(ONE))
    x = images(3)
    answer = model.signatures["serving_default"](image=x)["logits"]
    for i in range(3):
        np.testing.assert_allclose(answer[i], logits_of(v, x[i]), rtol=1e-4, atol=1e-4)
