# SPDX-License-Identifier: Apache-2.0
"""Networks made from an angle in the exported models, against NumPy in float64.

Images and angles here were never seen in Java.
"""

import numpy as np
import pytest

import exported_family
from exported_family import dense, relu

ZERO_SHOT = exported_family.folder("zero-shot-rotation")
AT_45 = exported_family.folder("zero-shot-rotation-at-45-baked")
ADAPTERS = exported_family.folder("adapters-rotation")
AT_22_5 = exported_family.folder("adapters-rotation-at-22-5-baked")
tf = pytest.importorskip("tensorflow")

from keras_twin import read_export  # noqa: E402

DEGREES = [7.0, 101.3, 222.0, 359.5, 7.0]
RANK = 8
NAMES = [f"dense{i}/{part}" for i in (0, 1) for part in ("kernel", "bias")]


@pytest.fixture(scope="module")
def images():
    return np.random.RandomState(1).random_sample((len(DEGREES), 28, 28, 1)).astype(np.float32)


def descriptor(degrees):
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def trunk(w, inputs):
    h, layer = inputs, 0
    while f"generator/hidden{layer}/W" in w:
        h = relu(dense(h, w[f"generator/hidden{layer}/W"], w[f"generator/hidden{layer}/b"]))
        layer += 1
    return h


def zero_shot(w, degrees):
    """All weights from the root of two times cosine and sine."""
    h = trunk(w, np.sqrt(2) * descriptor(degrees))
    return {name: dense(h, w[f"generator/{name}/H"], w[f"generator/{name}/B"]) for name in NAMES}


def adapted(w, degrees):
    """W' = W + A B; biases stay."""
    made = {name: w[f"base/{name}"].astype(np.float64) for name in NAMES}
    for layer in ("dense0", "dense1"):
        z = w[f"embeddings/{layer}/z"][0]
        h = trunk(w, np.concatenate([np.sqrt(2) * descriptor(degrees), z]))
        a = dense(h, w[f"generator/{layer}/a/H"], w[f"generator/{layer}/a/B"])
        b = dense(h, w[f"generator/{layer}/b/H"], 0)
        made[f"{layer}/kernel"] += a.reshape(-1, RANK) @ b.reshape(RANK, -1)
    return made


def logits_of(made, image):
    bias = made["dense0/bias"]
    h = relu(dense(image.reshape(-1), made["dense0/kernel"].reshape(784, len(bias)), bias))
    return dense(h, made["dense1/kernel"].reshape(len(bias), 10), made["dense1/bias"])


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


@pytest.mark.parametrize("folder,make", [(ZERO_SHOT, zero_shot), (ADAPTERS, adapted)])
def test_every_row_has_the_network_of_its_angle(folder, make, images):
    w = read_export(folder)
    model = tf.saved_model.load(str(folder))
    rows = np.stack([descriptor(each) for each in DEGREES]).astype(np.float32)
    answer = model.signatures["serving_default"](image=images, descriptor=rows)
    for i, degrees in enumerate(DEGREES):
        expected = logits_of(make(w, degrees), images[i])
        scale = np.abs(expected).max()
        np.testing.assert_allclose(answer["logits"][i], expected, rtol=0, atol=2e-5 * scale)
        np.testing.assert_allclose(answer["probabilities"][i], softmax(expected), atol=1e-4)
        assert answer["class"][i] == expected.argmax()


@pytest.mark.parametrize("folder", [ZERO_SHOT, ADAPTERS])
def test_rows_without_an_angle_answer_nan(folder, images):
    model = tf.saved_model.load(str(folder))
    serve = model.signatures["serving_default"]
    rows = np.array([[1, 0], [np.nan, 0], [0, 1], [2, 0], [0.6, 0.8]], np.float32)
    answer = serve(image=images, descriptor=rows)
    assert np.isnan(answer["logits"].numpy()).all(axis=1).tolist() == [False, True] * 2 + [False]
    assert np.isnan(answer["probabilities"].numpy()).any(axis=1).tolist() == (
        [False, True] * 2 + [False])
    assert (answer["class"].numpy() == -1).tolist() == [False, True] * 2 + [False]
    for i in (0, 2, 4):
        alone = serve(image=images[i:i + 1], descriptor=rows[i:i + 1])
        np.testing.assert_allclose(answer["logits"][i], alone["logits"][0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("family,one,make,degrees", [
    (ZERO_SHOT, AT_45, zero_shot, 45), (ADAPTERS, AT_22_5, adapted, 22.5)])
def test_one_angle_folded_is_a_plain_network(family, one, make, degrees, images):
    made = make(read_export(family), degrees)
    plain = read_export(one)
    assert set(plain) == set(NAMES)
    for name in NAMES:
        np.testing.assert_allclose(
            plain[name].reshape(-1), made[name].reshape(-1), rtol=1e-4, atol=1e-5)
    model = tf.saved_model.load(str(one))
    answer = model.signatures["serving_default"](image=images)
    for i in range(len(images)):
        expected = logits_of(made, images[i])
        np.testing.assert_allclose(
            answer["logits"][i], expected, rtol=0, atol=2e-5 * np.abs(expected).max())


def test_only_the_adapters_are_trainable():
    model = tf.saved_model.load(str(ADAPTERS))
    names = {variable.name.split(":")[0] for variable in model.trainable_variables}
    assert names and not any(name.startswith("base/") for name in names)
    frozen = {variable.name.split(":")[0] for variable in model.variables} - names
    assert frozen == {f"base/{name}" for name in NAMES}
