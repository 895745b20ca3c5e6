# SPDX-License-Identifier: Apache-2.0
"""Images as networks of sines in the exported model, against NumPy in float64.

Codes, images and coordinates here were never seen in Java.
"""

import numpy as np
import pytest

import exported_family
from exported_family import dense, relu

FOLDER = exported_family.folder("images-mnist")
ONE = exported_family.folder("images-mnist-image-baked")
tf = pytest.importorskip("tensorflow")

from keras_twin import read_export  # noqa: E402

FREQUENCY = 30
LAYERS = ("sine0", "sine1", "output")


@pytest.fixture(scope="module")
def signatures():
    model = tf.saved_model.load(str(FOLDER))
    yield model.signatures  # the model must outlive them


@pytest.fixture(scope="module")
def w():
    return read_export(FOLDER)


@pytest.fixture(scope="module")
def images():
    return np.random.RandomState(1).random_sample((3, 28, 28, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def places():
    return np.random.RandomState(2).uniform(-1, 1, (3, 11, 2)).astype(np.float32)


def code_of(w, image):
    h = relu(dense(image.reshape(-1), w["encoder/dense0/kernel"], w["encoder/dense0/bias"]))
    return dense(h, w["encoder/dense1/kernel"], w["encoder/dense1/bias"])


def weight_of(w, code, name, sizes):
    scope = f"generator/{name}"
    h = relu(dense(code, w[f"{scope}/hidden0/W"], w[f"{scope}/hidden0/b"]))
    return dense(h, w[f"{scope}/H"], w[f"{scope}/B"]).reshape(sizes)


def network_of(w, code):
    """The weights of the network that a code stands for: [(kernel, bias)]."""
    layers = []
    inputs = 2
    for name in LAYERS:
        outputs = w[f"generator/{name}/bias/B"].shape[0]
        layers.append((
            weight_of(w, code, f"{name}/kernel", (inputs, outputs)),
            weight_of(w, code, f"{name}/bias", (outputs,))))
        inputs = outputs
    return layers


def values_of(network, places):
    h = np.asarray(places, np.float64)
    for kernel, bias in network[:-1]:
        h = np.sin(FREQUENCY * dense(h, kernel, bias))
    return dense(h, *network[-1])[:, 0]


def test_images_are_drawn_at_any_place(signatures, w, images, places):
    answer = signatures["serving_default"](image=images, coordinates=places)["values"]
    for i in range(len(images)):
        expected = values_of(network_of(w, code_of(w, images[i])), places[i])
        # sines of 30 times a sum: rounding grows by 30 a layer
        np.testing.assert_allclose(answer[i], expected, rtol=0, atol=2e-4)


def test_codes_are_those_of_the_encoder(signatures, w, images):
    answer = signatures["encode"](image=images)["code"]
    for i in range(len(images)):
        np.testing.assert_allclose(answer[i], code_of(w, images[i]), rtol=1e-5, atol=1e-5)


def test_codes_that_no_image_has_are_drawn(signatures, w, places):
    codes = np.random.RandomState(3).standard_normal(
        (3, w["encoder/dense1/bias"].shape[0])).astype(np.float32)
    answer = signatures["decode"](code=codes, coordinates=places)["values"]
    for i in range(len(codes)):
        expected = values_of(network_of(w, codes[i]), places[i])
        np.testing.assert_allclose(answer[i], expected, rtol=0, atol=2e-4)


def test_one_image_folded_is_a_plain_network(places):
    v = read_export(ONE)
    model = tf.saved_model.load(str(ONE))
    answer = model.signatures["serving_default"](coordinates=places[0])["values"]
    network = [(v[f"{name}/kernel"], v[f"{name}/bias"]) for name in LAYERS]
    np.testing.assert_allclose(answer, values_of(network, places[0]), rtol=0, atol=2e-4)
