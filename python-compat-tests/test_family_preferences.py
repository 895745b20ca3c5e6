# SPDX-License-Identifier: Apache-2.0
"""Networks made from a preference or a strength, called with conditions that Java never saw.

The expected numbers are the equations of the hypernetwork in float64: a ReLU layer that reads the
condition, a linear head for each weight, and a network with one hidden layer.
"""

import json

import numpy as np
import pytest

import exported_family

FOLDERS = {
    name: exported_family.folder(name) for name in ("pareto-digits", "best-response-l2")}
tf = pytest.importorskip("tensorflow")

from keras_twin import read_export  # noqa: E402

ROWS = 6


class Model:
    """An exported family, its specification and its parameters."""

    def __init__(self, folder):
        manifest = (folder / "assets.extra" / "manifest.json").read_text("utf-8")
        self.spec = json.loads(manifest)["provenance"]["specification"]["model"]
        self.pareto = self.spec["type"] == "pareto"
        self.loaded = tf.saved_model.load(str(folder))
        self.weights = {
            name: np.asarray(value, np.float64) for name, value in read_export(folder).items()}

    def call(self, key="serving_default", **inputs):
        answer = self.loaded.signatures[key](
            **{alias: tf.constant(value) for alias, value in inputs.items()})
        return {alias: value.numpy() for alias, value in answer.items()}

    def ask(self, images, values):
        return self.call(**{"image": images, "preference" if self.pareto else "log10_l2": values})

    def images(self):
        side = 36 if self.pareto else 28
        random = np.random.RandomState(3)
        return random.random_sample((ROWS, side, side, 1)).astype(np.float32)

    def conditions(self):
        """New ones for each row."""
        random = np.random.RandomState(4)
        if self.pareto:
            first = random.random_sample(ROWS)
            return np.stack([first, 1 - first], 1).astype(np.float32)
        return random.uniform(self.spec["lowest"], self.spec["highest"], ROWS).astype(np.float32)

    def middle(self):
        return (self.spec["lowest"] + self.spec["highest"]) / 2

    def deviation(self):
        return (self.spec["highest"] - self.spec["lowest"]) / np.sqrt(12)

    def read(self, values):
        """What the generator reads."""
        values = np.asarray(values, np.float64)
        if self.pareto:
            return np.sqrt(3) * values
        return ((values - self.middle()) / self.deviation())[:, None]

    def scores(self, images, values):
        """[rows, outputs] in float64."""
        w = self.weights
        inputs = self.read(values)
        hidden = exported_family.relu(
            exported_family.dense(inputs, w["generator/hidden0/W"], w["generator/hidden0/b"]))

        def made(name, *shape):
            flat = exported_family.dense(
                hidden, w[f"generator/{name}/H"], w[f"generator/{name}/B"])
            return flat.reshape(len(inputs), *shape)

        units = self.spec["network"]["hidden"][0]
        outputs = 20 if self.pareto else 10
        pixels = images.reshape(len(inputs), -1).astype(np.float64)
        h = np.einsum("bi,bij->bj", pixels, made("dense0/kernel", pixels.shape[1], units))
        h = exported_family.relu(h + made("dense0/bias", units))
        return np.einsum("bi,bij->bj", h, made("dense1/kernel", units, outputs)) + made(
            "dense1/bias", outputs)


@pytest.fixture(scope="module", params=FOLDERS)
def model(request):
    return Model(FOLDERS[request.param])


def test_new_conditions_are_answered_by_the_equations(model):
    images, values = model.images(), model.conditions()
    answer = model.ask(images, values)
    scores = model.scores(images, values).reshape(answer["logits"].shape)
    assert answer["logits"].shape == ((ROWS, 2, 10) if model.pareto else (ROWS, 10))
    np.testing.assert_allclose(answer["logits"], scores, rtol=1e-4, atol=1e-4)
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    np.testing.assert_allclose(
        answer["probabilities"], shifted / shifted.sum(-1, keepdims=True), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(answer["class"], answer["logits"].argmax(-1))


def test_a_row_depends_on_itself_alone(model):
    images, values = model.images(), model.conditions()
    together = model.ask(images, values)
    for row in range(ROWS):
        alone = model.ask(images[row:row + 1], values[row:row + 1])
        np.testing.assert_allclose(
            together["logits"][row], alone["logits"][0], rtol=1e-5, atol=1e-5)


def test_the_condition_matters(model):
    same = np.repeat(model.images()[:1], ROWS, 0)
    logits = model.ask(same, model.conditions())["logits"].reshape(ROWS, -1)
    assert (np.abs(logits - logits[0]).max(1)[1:] > 1e-3).all()


def test_a_bad_condition_is_nan_and_spoils_no_other_row(model):
    images, values = model.images(), model.conditions()
    good = model.ask(images, values)
    spoiled = values.copy()
    if model.pareto:
        spoiled[1:4] = [[-0.2, 1.2], [0.5, 0.51], [np.nan, 0.5]]
    else:
        spoiled[1:4] = [model.spec["lowest"] - 0.1, model.spec["highest"] + 0.1, np.nan]
    answer = model.ask(images, spoiled)
    assert np.isnan(answer["logits"][1:4]).all()
    assert np.isnan(answer["probabilities"][1:4]).all()
    assert (answer["class"][1:4] == -1).all()
    for row in (0, 4, 5):
        np.testing.assert_allclose(
            answer["logits"][row], good["logits"][row], rtol=1e-5, atol=1e-5)


def test_the_found_strength_is_that_of_its_parameter(model):
    if model.pareto:
        pytest.skip("a model of preferences searches none")
    images = model.images()
    answer = model.call("found", image=images)
    strength = model.middle() + model.deviation() * model.weights["strength/position"][0]
    strength = np.clip(strength, model.spec["lowest"], model.spec["highest"])
    np.testing.assert_allclose(answer["log10_l2"], np.full(ROWS, strength), rtol=1e-6)
    np.testing.assert_allclose(
        answer["logits"], model.scores(images, answer["log10_l2"]), rtol=1e-4, atol=1e-4)
