# SPDX-License-Identifier: Apache-2.0
"""Weights by their Java names, in and out.

`variables` is what `java_weights()` of a cell or model gives: {name: Keras variable}.
"""

import pathlib

import numpy as np


def under(scope, entries):
    """{name: value} with `scope/` before the names."""
    return {f"{scope}/{name}": value for name, value in entries.items()}


def read_export(folder):
    """Variables of an exported version folder, {name: array}."""
    import tensorflow as tf

    reader = tf.train.load_checkpoint(str(pathlib.Path(folder) / "variables" / "variables"))
    end = "/.ATTRIBUTES/VARIABLE_VALUE"
    return {
        key.removesuffix(end): reader.get_tensor(key)
        for key in reader.get_variable_to_shape_map() if key.endswith(end)}


def load_weights(model, values):
    """Assigns {name: array}; every name and shape must fit, or nothing is assigned."""
    variables = model.java_weights()
    missing = sorted(variables.keys() - values.keys())
    extra = sorted(values.keys() - variables.keys())
    shapes = [
        f"{name} has {list(values[name].shape)} instead of {list(variable.shape)}"
        for name, variable in variables.items()
        if name in values and tuple(values[name].shape) != tuple(variable.shape)]
    if missing or extra or shapes:
        raise ValueError(
            f"the weights do not fit the model: missing {missing}, extra {extra}, shapes {shapes}")
    for name, variable in variables.items():
        variable.assign(values[name])


def save_weights(model, file):
    """Writes an .npz, float32 by the Java names, that Java imports."""
    np.savez(file, **{
        name: np.asarray(variable, np.float32) for name, variable in model.java_weights().items()})
