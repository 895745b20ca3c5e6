# SPDX-License-Identifier: Apache-2.0
"""A language model that Java trained, taken over by Keras: loaded, compared, trained, given back.

HYPERNET4J_MODEL names its version folder (the one that holds saved_model.pb).
"""

import json
import os
import pathlib

import numpy as np
import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")
if not MODEL:
    pytest.skip("HYPERNET4J_MODEL is not set to a version folder", allow_module_level=True)

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from keras_twin import (  # noqa: E402
    HyperLSTMCell, LanguageModel, LSTMCell, from_export, load_weights, read_export, save_weights)

FOLDER = pathlib.Path(MODEL)
EXTRA = FOLDER / "assets.extra"


@pytest.fixture
def twin():
    keras.utils.set_random_seed(1)
    return from_export(FOLDER)


@pytest.fixture(scope="module")
def exported():
    return tf.saved_model.load(str(FOLDER))


@pytest.fixture(scope="module")
def ids():
    """[B, T] of symbols that the model knows."""
    size = json.loads((EXTRA / "manifest.json").read_text("utf-8"))["guide"]["vocabulary"]["size"]
    return np.random.RandomState(2).randint(size, size=(3, 9)).astype(np.int32)


def state_parts():
    return list(json.loads((EXTRA / "manifest.json").read_text("utf-8"))["guide"]["state"])


def assert_close(actual, expected, where=""):
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5, err_msg=where)


def test_the_twin_gives_the_outputs_that_the_trained_session_recorded(twin):
    cases = json.loads((EXTRA / "reference.json").read_text("utf-8"))["cases"]
    compared = 0
    with np.load(EXTRA / "reference.npz") as arrays:
        for case in cases:
            if case["signature"] != "serving_default":
                continue
            logits, state = twin.read(arrays[case["inputs"]["ids"]["array"]])
            outputs = {alias: arrays[entry["array"]] for alias, entry in case["outputs"].items()}
            assert_close(logits, outputs.pop("logits"))
            for part, value in zip(state_parts(), state):
                assert_close(value, outputs.pop(part), part)
            assert not outputs
            compared += 1
    assert compared


def test_a_state_that_java_gives_is_read_on_by_keras(twin, exported, ids):
    first = exported.signatures["serving_default"](ids=tf.constant(ids[:, :4]))
    whole = exported.signatures["serving_default"](ids=tf.constant(ids))
    logits, state = twin.read(ids[:, 4:], [first[part] for part in state_parts()])
    assert_close(logits, whole["logits"][:, 4:])
    for part, value in zip(state_parts(), state):
        assert_close(value, whole[part], part)


def test_gradients_are_those_through_the_signature(twin, exported, ids):
    targets = np.roll(ids, -1, axis=1)

    def loss(logits):
        return tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits))

    java = {variable.name.split(":")[0]: variable for variable in exported.variables}
    with tf.GradientTape() as tape:
        value = loss(exported.signatures["serving_default"](ids=tf.constant(ids))["logits"])
    expected = dict(zip(java, tape.gradient(value, list(java.values()))))
    variables = twin.java_weights()
    with tf.GradientTape() as tape:
        value = loss(twin(ids))
    actual = dict(zip(
        variables, tape.gradient(value, [variable.value for variable in variables.values()])))
    assert actual.keys() == expected.keys()
    for name, gradient in expected.items():
        gradient = tf.convert_to_tensor(gradient).numpy()
        assert np.abs(gradient).max() > 0, name
        np.testing.assert_allclose(
            actual[name], gradient, rtol=0, atol=1e-4 * np.abs(gradient).max(), err_msg=name)


def test_ten_more_steps_lower_the_loss_and_the_weights_go_back(twin, ids, tmp_path):
    inputs, targets = ids[:, :-1], ids[:, 1:]
    twin.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = twin.evaluate(inputs, targets, verbose=0)
    losses = twin.fit(inputs, targets, epochs=10, batch_size=len(ids), verbose=0).history["loss"]
    assert len(losses) == 10
    assert twin.evaluate(inputs, targets, verbose=0) < before

    file = tmp_path / "weights.npz"
    save_weights(twin, file)
    trained = read_export(FOLDER)
    with np.load(file) as arrays:
        given_back = dict(arrays)
    assert {name: value.shape for name, value in given_back.items()} == {
        name: value.shape for name, value in trained.items()}
    for name, value in given_back.items():
        assert value.dtype == np.float32, name
        assert (value != trained[name]).any(), name
    again = from_export(FOLDER)
    load_weights(again, given_back)
    np.testing.assert_array_equal(again(ids), twin(ids))


def test_the_model_is_saved_and_opened_by_keras(twin, ids, tmp_path):
    file = tmp_path / "twin.keras"
    twin(ids)
    twin.save(file)
    opened = keras.models.load_model(file)
    np.testing.assert_array_equal(opened(ids), twin(ids))
    assert opened.java_weights().keys() == twin.java_weights().keys()


def test_configurations_go_round():
    cell = HyperLSTMCell(
        6, 2, LSTMCell(4, use_bias=False, forget_bias=0.5, epsilon=0.01), forget_bias=-1.0,
        epsilon=0.0)
    copy = HyperLSTMCell.from_config(json.loads(json.dumps(cell.get_config())))
    assert copy.get_config() == cell.get_config()
    assert copy.state_size == [6, 6, 4, 4]


def test_at_first_every_scaling_is_one_tenth_and_the_dynamic_bias_zero():
    keras.utils.set_random_seed(3)
    cell = HyperLSTMCell(6, 4, LSTMCell(5))
    cell.build((None, 3))
    d_h, d_x, beta = cell.embedding(np.random.RandomState(1).randn(2, 5).astype(np.float32))
    np.testing.assert_allclose(d_h, 0.1, rtol=1e-6)
    np.testing.assert_allclose(d_x, 0.1, rtol=1e-6)
    np.testing.assert_array_equal(beta, np.zeros((2, 24)))
    for gate in np.split(np.asarray(cell.w_h), 4, axis=1):
        np.testing.assert_allclose(gate.T @ gate, np.eye(6), atol=1e-5)


def test_weights_that_do_not_fit_are_named_and_nothing_is_assigned(twin, ids):
    before = twin(ids).numpy()
    values = read_export(FOLDER)
    values["softmax/extra"] = values.pop("softmax/bias")
    values["softmax/kernel"] = np.zeros([2, 2], np.float32)
    with pytest.raises(ValueError, match=r"missing \['softmax/bias'\], extra \['softmax/extra'\], "
                                         r"shapes \['softmax/kernel has \[2, 2\]"):
        load_weights(twin, values)
    np.testing.assert_array_equal(twin(ids), before)


def test_a_fresh_model_has_the_java_names():
    model = LanguageModel(5, [LSTMCell(4), LSTMCell(3)])
    model.build((None, None))
    assert list(model.java_weights()) == [
        "cell/layer0/W_x", "cell/layer0/W_h", "cell/layer0/b", "cell/layer1/W_x",
        "cell/layer1/W_h", "cell/layer1/b", "softmax/kernel", "softmax/bias"]
