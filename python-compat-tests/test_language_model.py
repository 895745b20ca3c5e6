# SPDX-License-Identifier: Apache-2.0
"""The signatures of an exported language model, used from Python as a client uses them.

HYPERNET4J_MODEL names a version folder (the one that holds saved_model.pb).
"""

import json
import os
import pathlib
import re

import numpy as np
import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")
if not MODEL:
    pytest.skip("HYPERNET4J_MODEL is not set to a version folder", allow_module_level=True)

tf = pytest.importorskip("tensorflow")

FOLDER = pathlib.Path(MODEL)
TEXT = np.array([[0, 3, 1, 2, 4, 1, 0], [2, 2, 0, 1, 3, 4, 4]], np.int32)  # [B, T]


@pytest.fixture(scope="module")
def signatures():
    model = tf.saved_model.load(str(FOLDER))
    yield model.signatures  # the model must outlive them


@pytest.fixture(scope="module")
def guide():
    return json.loads((FOLDER / "assets.extra" / "manifest.json").read_text())["guide"]


@pytest.fixture(scope="module")
def vocabulary(guide):
    return json.loads((FOLDER / guide["vocabulary"]["file"]).read_text("utf-8"))


def state_of(answer):
    return {alias: value for alias, value in answer.items() if alias.startswith("state_")}


def initial_state(signatures, batch):
    return signatures["initial_state"](ids=tf.zeros([batch], tf.int32))


def sample(signatures, prompts, count, temperature, top_k, seeds):
    rows = len(prompts)
    width = max(len(prompt) for prompt in prompts)
    padded = [list(prompt) + [0] * (width - len(prompt)) for prompt in prompts]
    return signatures["sample"](
        prompt=tf.constant(padded, tf.int32),
        prompt_lengths=tf.constant([len(prompt) for prompt in prompts], tf.int32),
        count=tf.fill([rows], count),
        temperature=tf.fill([rows], tf.constant(temperature, tf.float32)),
        top_k=tf.fill([rows], top_k),
        seed=tf.constant(seeds, tf.int64),
    )["ids"].numpy()


def test_the_guide_describes_vocabulary_and_state(signatures, guide, vocabulary):
    assert vocabulary["kind"] == guide["vocabulary"]["kind"] == "characters"
    assert len(vocabulary["symbols"]) == guide["vocabulary"]["size"] <= guide["symbols"]
    state = initial_state(signatures, 3)
    assert {alias: value.shape.as_list() for alias, value in state.items()} == {
        alias: [3, size] for alias, size in guide["state"].items()}
    assert all(not value.numpy().any() for value in state.values())


def test_step_by_step_is_the_whole_sequence_even_by_way_of_json(signatures):
    whole = signatures["serving_default"](ids=tf.constant(TEXT))
    state = initial_state(signatures, 2)
    for t in range(TEXT.shape[1]):
        answer = signatures["step"](ids=tf.constant(TEXT[:, t]), **state)
        np.testing.assert_allclose(answer["logits"], whole["logits"][:, t], atol=1e-5, rtol=1e-5)
        sent = json.loads(json.dumps({k: v.numpy().tolist() for k, v in state_of(answer).items()}))
        state = {alias: tf.constant(value, tf.float32) for alias, value in sent.items()}
    for alias, value in state.items():
        np.testing.assert_allclose(value, whole[alias], atol=1e-5, rtol=1e-5, err_msg=alias)


def test_padding_changes_nothing(signatures):
    padded = np.array([[0, 3, 1, 77, -5], TEXT[1, :5]], np.int32)
    answer = signatures["sequence"](
        ids=tf.constant(padded), lengths=tf.constant([3, 5]), **initial_state(signatures, 2))
    alone = signatures["serving_default"](ids=tf.constant(padded[:1, :3]))
    np.testing.assert_allclose(
        answer["logits"][:1, :3], alone["logits"], atol=1e-5, rtol=1e-5)
    for alias, value in state_of(alone).items():
        np.testing.assert_allclose(answer[alias][:1], value, atol=1e-5, rtol=1e-5, err_msg=alias)


def test_sample_without_warmth_takes_the_largest_logit(signatures, guide):
    prompt = [1, 4]
    made = sample(signatures, [prompt], 8, 0.0, 0, [1])[0]
    text = list(prompt)
    for symbol in made:
        logits = signatures["serving_default"](ids=tf.constant([text]))["logits"]
        assert symbol == np.argmax(logits[0, -1, :guide["vocabulary"]["size"]])
        text.append(symbol)


def test_one_seed_gives_one_text_whatever_else_is_in_the_batch(signatures, guide):
    both = sample(signatures, [[1, 4], [2]], 50, 2.0, 0, [11, 12])
    np.testing.assert_array_equal(both[0], sample(signatures, [[1, 4]], 50, 2.0, 0, [11])[0])
    np.testing.assert_array_equal(both[1], sample(signatures, [[2]], 50, 2.0, 0, [12])[0])
    assert (both[0] != sample(signatures, [[1, 4]], 50, 2.0, 0, [13])[0]).any()
    assert set(both.flatten().tolist()) == set(range(guide["vocabulary"]["size"]))


def test_variables_have_the_names_of_the_cell():
    manifest = json.loads((FOLDER / "assets.extra" / "manifest.json").read_text("utf-8"))
    cell = manifest["provenance"]["specification"]["model"]["cell"]
    names = {  # in a stack, those of any layer
        re.sub(r"layer\d+/", "", v.name.split(":")[0])
        for v in tf.saved_model.load(str(FOLDER)).variables}
    assert {"cell/W_x", "cell/W_h", "cell/b", "cell/embedding/A_h", "cell/embedding/D_b",
            "cell/hyper/W_x", "softmax/kernel", "softmax/bias"} <= names
    assert ("cell/ln/gain" in names) == cell["layerNorm"]
