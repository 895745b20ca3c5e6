# SPDX-License-Identifier: Apache-2.0
"""Java -> Python -> Java: a model that Java trained is trained further by Keras and goes back.

HYPERNET4J_MODEL names the version folder of a language model, HYPERNET4J_COMMAND is the command
line of Hypernet4J.
"""

import json
import os
import pathlib
import shlex
import subprocess

import numpy as np
import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")
COMMAND = os.environ.get("HYPERNET4J_COMMAND")
if not MODEL or not COMMAND:
    pytest.skip("HYPERNET4J_MODEL and HYPERNET4J_COMMAND are not set", allow_module_level=True)

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from keras_twin import from_export, save_weights  # noqa: E402

FOLDER = pathlib.Path(MODEL)
EXTRA = FOLDER / "assets.extra"


def java(*arguments):
    """Runs a command; the object that it prints."""
    command = [*shlex.split(COMMAND), *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def write_specification(path):
    """The exported model's own, with data and training that say no more than they must."""
    manifest = json.loads((EXTRA / "manifest.json").read_text("utf-8"))
    path.write_text(json.dumps({
        "name": "round-trip",
        "model": {"type": "language-model", **manifest["provenance"]["specification"]["model"]},
        "data": {"type": "text", "sequenceLength": 5},
        "training": {"seed": 1, "steps": 1, "batchSize": 2, "evaluateBatchSize": 2,
                     "optimizer": {"type": "adam", "learningRate": 0.001}},
    }))


def write_text(path):
    """A text in which exactly the symbols of the vocabulary occur."""
    symbols = json.loads((EXTRA / "vocabulary.json").read_text("utf-8"))["symbols"]
    order = np.random.RandomState(3).randint(len(symbols), size=2000)
    path.write_text("".join(symbols) * 20 + "".join(symbols[i] for i in order), "utf-8")


def test_what_keras_trained_on_java_computes_alike(tmp_path):
    keras.utils.set_random_seed(1)
    twin = from_export(FOLDER)
    before = [weight.numpy() for weight in twin.trainable_weights]
    ids = np.random.RandomState(2).randint(5, size=(4, 12)).astype(np.int32)
    optimizer = keras.optimizers.Adam(0.01)
    for _ in range(5):
        with tf.GradientTape() as tape:
            logits, _ = twin.read(ids[:, :-1])
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=ids[:, 1:], logits=logits))
        optimizer.apply_gradients(zip(
            tape.gradient(loss, twin.trainable_weights), twin.trainable_weights))
    assert any((weight.numpy() != old).any()
               for weight, old in zip(twin.trainable_weights, before))

    save_weights(twin, tmp_path / "trained.npz")
    write_specification(tmp_path / "spec.json")
    write_text(tmp_path / "text.txt")
    java("import", tmp_path / "spec.json", tmp_path / "trained.npz", "--run", tmp_path / "run",
         "--data", tmp_path / "text.txt")
    exported = java("export", tmp_path / "run", "--export-dir", tmp_path / "models")
    assert exported["verified"] is True

    back = tf.saved_model.load(exported["exportDir"])
    answer = back.signatures["serving_default"](ids=tf.constant(ids))
    expected, _ = twin.read(ids)
    np.testing.assert_allclose(answer["logits"], expected, rtol=1e-4, atol=1e-5)
