# SPDX-License-Identifier: Apache-2.0
"""Writes the TensorFlow checkpoints that TensorBundleTest reads (TensorFlow 2.18, NumPy).

    python make.py        # in this folder

types.*      a TF1 saver: a variable of each type, one in slices
objects.*    tf.train.Checkpoint: object paths, texts
*.npz        the same values as tf.train.load_checkpoint reads them, bfloat16 as float32
"""
import numpy as np
import tensorflow as tf

RANDOM = np.random.default_rng(7)


def expected(prefix, skip=()):
    reader = tf.train.load_checkpoint(prefix)
    arrays = {}
    for name in reader.get_variable_to_shape_map():
        value = reader.get_tensor(name)
        text = isinstance(value, bytes) or value.dtype == object
        if name not in skip and not text:
            if str(value.dtype) in ("bfloat16", "float16"):
                value = value.astype(np.float32)
            arrays[name] = np.asarray(value)
    np.savez_compressed(prefix + ".npz", **arrays)


def types():
    with tf.Graph().as_default():
        values = {
            "rnn/cell/kernel": RANDOM.normal(size=(5, 7)).astype(np.float32),
            "rnn/cell/bias": RANDOM.normal(size=(7,)).astype(np.float32),
            "doubles": RANDOM.normal(size=(2, 3, 4)),
            "half": np.array([0, -0.0, 1.5, -65504, 6e-8, 6.1e-5, np.inf, np.nan], np.float16),
            "int8": np.array([-128, 127], np.int8),
            "uint8": np.array([0, 255], np.uint8),
            "int16": np.array([-32768, 32767], np.int16),
            "global_step": np.array(123456789012, np.int64),
            "int32": np.array([[-7]], np.int32),
            "truth": np.array([True, False]),
            "complex": np.array([1 + 2j], np.complex64),
            "empty": np.zeros((0, 3), np.float32),
            "large": (np.arange(70000) % 251).astype(np.float32).reshape(280, 250),
        }
        for name, value in values.items():
            tf.compat.v1.get_variable(name, initializer=tf.constant(value), use_resource=True)
        tf.compat.v1.get_variable(
            "bfloat", initializer=tf.cast([1.0, -3.140625, 1e30], tf.bfloat16), use_resource=True)
        tf.compat.v1.get_variable(
            "sliced", shape=(4, 3), partitioner=tf.compat.v1.fixed_size_partitioner(2))
        with tf.compat.v1.Session() as session:
            session.run(tf.compat.v1.global_variables_initializer())
            tf.compat.v1.train.Saver().save(session, "./types", write_meta_graph=False,
                                            write_state=False)
    expected("./types", skip=("sliced", "complex"))


def objects():
    model = tf.Module()
    model.encoder = tf.Module()
    model.encoder.kernel = tf.Variable(RANDOM.normal(size=(3, 4)), dtype=tf.float32, name="kernel_0")
    model.bias = tf.Variable([1.0, 2.0], name="top/bias")
    words = tf.Variable(["one", "", "three"])
    tf.train.Checkpoint(model=model, words=words).write("./objects")
    expected("./objects")


types()
objects()
