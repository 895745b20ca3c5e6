# SPDX-License-Identifier: Apache-2.0
"""Writes the SavedModels of others that ForeignModelTest verifies: `python make_models.py`.

Made with tensorflow-cpu 2.18. `python-tf1` is what a training script of TensorFlow 1 leaves behind:
the whole training graph, a label that is no input, a scalar output. `python-tf2` is a tf.Module.
"""

import os
import pathlib
import shutil

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import tensorflow as tf

HERE = pathlib.Path(__file__).parent


def write_tf1(folder):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 2], "x")
        label = v1.placeholder(tf.float32, [None, 3], "label")
        w = v1.get_variable("w", initializer=[[1.0, 2, 3], [4, 5, 6]], use_resource=False)
        y = tf.matmul(x, w, name="y")
        loss = tf.reduce_mean(tf.square(y - label), name="loss")
        v1.train.GradientDescentOptimizer(0.1).minimize(loss)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), {"x": x}, {"y": y, "loss": loss})


class Dense(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0, 2, 3], [4, 5, 6]], name="w")
        self.steps = tf.Variable(7, trainable=False, name="steps", dtype=tf.int64)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "x")])
    def __call__(self, x):
        return {"y": tf.matmul(x, self.w)}


def write_tf2(folder):
    model = Dense()
    tf.saved_model.save(model, str(folder), signatures=model.__call__)
    shutil.rmtree(folder / "assets")
    (folder / "fingerprint.pb").unlink()


for name, write in {"python-tf1": write_tf1, "python-tf2": write_tf2}.items():
    shutil.rmtree(HERE / name, ignore_errors=True)
    write(HERE / name)
