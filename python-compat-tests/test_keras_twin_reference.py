# SPDX-License-Identifier: Apache-2.0
"""The Keras cells against the NumPy numbers of export/reference: outputs, states and gradients."""

import json
import pathlib

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from keras_twin import HyperLSTMCell, LSTMCell  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "export" / "reference"


def made(model):
    """The cells of a described model from below, or None where there is no twin."""
    kind = model["kind"]
    if kind == "stacked" and not model["outputDropout"]:
        layers = [made(cell) for cell in model["cells"]]
        return None if None in layers else [cell for layer in layers for cell in layer]
    if model.get("recurrentDropout"):
        return None
    if kind == "lstm":
        return [LSTMCell(
            model["units"], use_bias=model["bias"], forget_bias=model["forgetBias"],
            epsilon=model["epsilon"])]
    small = made(model["hyper"]) if kind == "hyper-lstm" else None
    if small is None:
        return None
    return [HyperLSTMCell(
        model["units"], model["embeddingSize"], small[0], forget_bias=model["forgetBias"],
        epsilon=model["epsilon"])]


CASES = {
    case["name"]: case["model"]
    for case in json.loads((FOLDER / "index.json").read_text())["cases"] if made(case["model"])}


def test_the_twin_covers_lstm_and_hyper_lstm():
    assert {"lstm", "lstm-without-bias", "layer-norm-lstm", "hyper-lstm", "hyper-lstm-layer-norm",
            "hyper-lstm-main-layer-norm", "hyper-lstm-small-layer-norm", "hyper-lstm-options",
            "hyper-lstm-large-embedding", "hyper-lstm-around-hyper-lstm", "hyper-lstm-lengths",
            "stacked-layer-norm-hyper-lstm"} == set(CASES)


@pytest.fixture(params=CASES)
def case(request):
    """Arrays by name, and the cells with the file's weights."""
    with np.load(FOLDER / f"{request.param}.npz") as file:
        arrays = dict(file)
    cells = made(CASES[request.param])
    size = arrays["x"].shape[-1]
    for cell in cells:
        cell.build((None, size))
        size = cell.output_size
    for name, variable in variables_of(cells).items():
        variable.assign(arrays[f"parameter/{name}"])
    return arrays, cells


def variables_of(cells):
    scopes = ["cell/"] if len(cells) == 1 else [f"cell/layer{k}/" for k in range(len(cells))]
    return {
        scope + name: variable for scope, cell in zip(scopes, cells)
        for name, variable in cell.java_weights().items()}


def parts_of(arrays):
    return [name.removeprefix("initial/") for name in arrays if name.startswith("initial/")]


def test_every_parameter_of_the_file_has_a_variable(case):
    arrays, cells = case
    assert {f"parameter/{name}" for name in variables_of(cells)} == {
        name for name in arrays if name.startswith("parameter/")}
    assert sum(len(cell.trainable_variables) for cell in cells) == len(variables_of(cells))


def test_states_after_every_step(case):
    arrays, cells = case
    states = [tf.constant(arrays[f"initial/{part}"]) for part in parts_of(arrays)]
    lengths = arrays.get("lengths", np.full(arrays["x"].shape[1], len(arrays["x"])))
    for t, x in enumerate(arrays["x"]):
        after, start = [], 0
        for cell in cells:
            end = start + len(cell.state_size)
            x, own = cell(tf.constant(x), states[start:end])
            after += own
            start = end
        alive = (t < lengths)[:, None]
        states = [tf.where(alive, new, old) for new, old in zip(after, states)]
        for part, state in zip(parts_of(arrays), states):
            np.testing.assert_allclose(
                state, arrays[f"states/{part}"][t], rtol=1e-4, atol=1e-5, err_msg=f"{part} at {t}")


def test_outputs_and_gradients_in_a_keras_rnn(case):
    arrays, cells = case
    variables = variables_of(cells)
    parts = parts_of(arrays)
    x = tf.constant(arrays["x"].transpose(1, 0, 2))
    initial = [tf.constant(arrays[f"initial/{part}"]) for part in parts]
    mask = None
    if "lengths" in arrays:
        mask = tf.sequence_mask(arrays["lengths"], len(arrays["x"]))
    with tf.GradientTape() as tape:
        tape.watch([x, *initial])
        outputs, last, start = x, [], 0
        for cell in cells:
            end = start + len(cell.state_size)
            rnn = keras.layers.RNN(
                cell, return_sequences=True, return_state=True, zero_output_for_mask=True)
            outputs, *own = rnn(outputs, initial_state=initial[start:end], mask=mask)
            last += own
            start = end
        outputs = tf.transpose(outputs, [1, 0, 2])
        loss = tf.reduce_sum(outputs * arrays["weight/outputs"]) + tf.add_n([
            tf.reduce_sum(state * arrays[f"weight/final/{part}"])
            for part, state in zip(parts, last)])
    np.testing.assert_allclose(outputs, arrays["outputs"], rtol=1e-4, atol=1e-5)
    for part, state in zip(parts, last):
        np.testing.assert_allclose(
            state, arrays[f"states/{part}"][-1], rtol=1e-4, atol=1e-5, err_msg=part)
    by_variables, by_x, by_initial = tape.gradient(
        loss, ([variable.value for variable in variables.values()], x, initial))
    gradients = {f"parameter/{name}": value for name, value in zip(variables, by_variables)}
    gradients |= {"x": tf.transpose(by_x, [1, 0, 2])}
    gradients |= {f"initial/{part}": value for part, value in zip(parts, by_initial)}
    for name, gradient in gradients.items():
        expected = arrays[f"gradient/{name}"]
        np.testing.assert_allclose(
            gradient, expected, rtol=0, atol=1e-4 * np.abs(expected).max(), err_msg=name)
