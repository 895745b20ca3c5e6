# SPDX-License-Identifier: Apache-2.0
"""Makes the models of this folder: python make_models.py. Needs TensorFlow 2.18 or later.

Healthy models as others write them. The numbers in ForeignModelsTest are what this script prints:
every model is read again by TensorFlow's session loader, which is the one that servers use.
"""

import os
import pathlib
import shutil
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
HERE = pathlib.Path(__file__).parent


def keras_export(folder):
    """Signatures read copies of the variables, which are called ..._1."""
    inputs = tf.keras.Input([3], name="x")
    dense = tf.keras.layers.Dense(2, name="dense")
    model = tf.keras.Model(inputs, dense(inputs))
    dense.set_weights([np.array([[1, 2], [3, 4], [5, 6]], "f"), np.array([0.5, -0.5], "f")])
    model.export(str(folder), verbose=False)


class Words(tf.Module):
    """A table from a file among the assets, one in the checkpoint, and a mask of -inf."""

    def __init__(self, path):
        super().__init__()
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                path, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), -1)
        self.learned = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, 0)
        self.learned.insert(tf.constant(["cat"]), tf.constant([40], tf.int64))
        self.mask = tf.Variable([0.0, -np.inf], name="mask")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def ids(self, text):
        return {"ids": self.table.lookup(text) + self.learned.lookup(text)}

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "scores")])
    def masked(self, scores):
        return {"probabilities": tf.nn.softmax(scores + self.mask)}


def words(folder):
    with tempfile.TemporaryDirectory() as made:
        path = pathlib.Path(made) / "words.txt"
        path.write_text("the\ncat\nsat\n")
        module = Words(str(path))
        tf.saved_model.save(
            module, str(folder), signatures={"serving_default": module.masked, "ids": module.ids})


def half_plus_two(folder):
    """Regression and classification by examples; an input of 'predict' is an Identity."""
    with tf.Graph().as_default(), v1.Session() as session:
        a = v1.get_variable("a", initializer=0.5, use_resource=False)
        b = v1.get_variable("b", initializer=2.0, use_resource=False)
        examples = v1.placeholder(tf.string, name="tf_example")
        parsed = v1.parse_example(examples, {"x": tf.io.FixedLenFeature([1], tf.float32)})
        x = tf.identity(parsed["x"], name="x")
        y = tf.add(tf.multiply(a, x), b, name="y")
        session.run(v1.global_variables_initializer())
        info = v1.saved_model.build_tensor_info
        make = v1.saved_model.build_signature_def
        builder = v1.saved_model.Builder(str(folder))
        builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map={
            "serving_default": make({"x": info(x)}, {"y": info(y)}, "tensorflow/serving/predict"),
            "regress": make(
                {"inputs": info(examples)}, {"outputs": info(y)}, "tensorflow/serving/regress"),
            "classify": make(
                {"inputs": info(examples)}, {"scores": info(y)}, "tensorflow/serving/classify")})
        builder.save()


def no_variables(folder):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [1, 3], "x")
        v1.saved_model.simple_save(session, str(folder), {"x": x}, {"y": x * 2})


def image_bytes(folder):
    """Takes the bytes of a PNG, over HTTP as b64."""
    with tf.Graph().as_default(), v1.Session() as session:
        png = v1.placeholder(tf.string, [], "png_bytes")
        w = v1.get_variable("w", initializer=2.0)
        mean = tf.reduce_mean(tf.cast(tf.io.decode_png(png), tf.float32)) * w
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), {"png_bytes": png}, {"mean": mean})


def show(name, key, **inputs):
    with tf.Graph().as_default(), v1.Session() as session:
        model = v1.saved_model.load(session, ["serve"], str(HERE / name))
        signature = model.signature_def[key]
        feeds = {signature.inputs[each].name: value for each, value in inputs.items()}
        fetches = {each: info.name for each, info in signature.outputs.items()}
        print(name, key, session.run(fetches, feeds))


for make in (keras_export, words, half_plus_two, no_variables, image_bytes):
    target = HERE / make.__name__
    shutil.rmtree(target, ignore_errors=True)
    make(target)
    (target / "fingerprint.pb").unlink(missing_ok=True)
show("keras_export", "serving_default", x=[[1, 2, 3], [0, 0, -1]])
show("words", "serving_default", scores=[[1, 2], [3, -4]])
show("words", "ids", text=["sat", "cat", "dog"])
show("half_plus_two", "serving_default", x=[[1], [2], [5]])
show("no_variables", "serving_default", x=[[1, 2, 3]])
