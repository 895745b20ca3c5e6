# SPDX-License-Identifier: Apache-2.0
"""The single step as a SavedModel's signature, called from Python: a Keras export or any other."""

import sys

import tensorflow as tf

import hyperlstm_keras
from hyperlstm_parameters import STATE, VOCABULARY


def save_step(parameters, folder, jit=False):
    """Writes a SavedModel whose signature `step` takes ids [B] and the state of one stream."""
    model = hyperlstm_keras.HyperLstm(parameters)
    module = tf.Module()
    module.weights = list(model.weights.values())

    @tf.function(
        jit_compile=jit,
        input_signature=[tf.TensorSpec([None], tf.int32, name="ids")] + [
            tf.TensorSpec([None, size], name=part)
            for part, size in zip(STATE, model.cell.state_size)])
    def step(ids, *state):
        x = tf.one_hot(ids, VOCABULARY)
        h, state = model.cell(model.cell.project(x), list(state))
        return {"logits": model.logits(h)} | dict(zip(STATE, state))

    tf.saved_model.save(module, str(folder), signatures={"step": step})


def saved_single(folder):
    """A function of one id that calls the signature `step` of a SavedModel with its own state.

    An output is the next value of the input of the same name, with or without `next`; inputs
    are made for batch 1.
    """
    step = tf.saved_model.load(str(folder)).signatures["step"]
    specs = step.structured_input_signature[1]
    feeds = {
        name: tf.zeros([size or 1 for size in spec.shape], spec.dtype)
        for name, spec in specs.items()}
    ids = [name for name, spec in specs.items() if spec.dtype.is_integer]
    if len(ids) != 1:
        raise SystemExit(
            f"{folder}: signature step: expected one integer input, got {sorted(specs)}")
    follows = {
        name: output for name in specs for output in step.structured_outputs
        if output in (name, f"{name}_next", f"next_{name}", f"next/{name}")}
    constant = set(specs) - set(follows) - set(ids)
    if constant:
        print(f"{folder}: no next value among the outputs for {sorted(constant)}", file=sys.stderr)

    def run(index):
        feeds[ids[0]] = tf.fill(feeds[ids[0]].shape, tf.cast(index, feeds[ids[0]].dtype))
        results = step(**feeds)
        feeds.update({name: results[output] for name, output in follows.items()})
        return results["logits"].numpy()

    return run
