# SPDX-License-Identifier: Apache-2.0
"""Writes weights of small language models as others store them (TensorFlow 2.18, NumPy).

    python make.py        # in this folder

Four symbols, 4 units. The *.npz files hold the same numbers under our names, laid out with NumPy.

tf1/      a TF1 saver in the layout of hardmaru/supercell: a layer-normalised HyperLSTM (3 small
          units, embeddings of 2), slots of Adam, a softmax whose matrix is transposed
tf2/      tf.train.Checkpoint of an LSTM whose object paths are our names, with slots
python/   a SavedModel of the same LSTM: other object paths, our names as names of the variables
"""
import os
import shutil

import numpy as np
import tensorflow as tf

RANDOM = np.random.default_rng(5)
V, N, M, E = 4, 4, 3, 2


def normal(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def hyper_lstm():
    """Their arrays by their names."""
    w = {"W_xh": normal(V, 4 * N), "W_hh": normal(N, 4 * N), "bias": normal(4 * N)}
    for scope, n in (("ln_all", 4 * N), ("ln_c", N), ("LSTMCell/ln", 4 * M), ("LSTMCell/ln_c", M)):
        w[scope + "/ln_gamma"], w[scope + "/ln_beta"] = normal(n), normal(n)
    w["LSTMCell/W_xh"] = normal(V + N, 4 * M)
    w["LSTMCell/W_hh_i"] = normal(M, 4 * M)
    w["LSTMCell/bias"] = normal(4 * M)
    for gate in "ijfo":
        for kind in "xh":
            w[f"hyper_{gate}{kind}/zw/super_linear_w"] = normal(M, E)
            w[f"hyper_{gate}{kind}/zw/super_linear_b"] = normal(E)
            w[f"hyper_{gate}{kind}/alpha/super_linear_w"] = normal(E, N)
        w[f"hyper_{gate}b/zb/super_linear_w"] = normal(M, E)
        w[f"hyper_{gate}b/beta/super_linear_w"] = normal(E, N)
    return w


def ours(w):
    """The same by our names: the four gates side by side, or below each other."""
    names = {
        "W_x": w["W_xh"], "W_h": w["W_hh"], "b": w["bias"],
        "hyper/W_x": w["LSTMCell/W_xh"], "hyper/W_h": w["LSTMCell/W_hh_i"],
        "hyper/b": w["LSTMCell/bias"],
    }
    for our, their in (("ln", "ln_all"), ("ln_c", "ln_c"), ("hyper/ln", "LSTMCell/ln"),
                       ("hyper/ln_c", "LSTMCell/ln_c")):
        names[our + "/gain"], names[our + "/shift"] = w[their + "/ln_gamma"], w[their + "/ln_beta"]
    for kind, z, d in (("h", "zw", "alpha"), ("x", "zw", "alpha"), ("b", "zb", "beta")):
        scopes = [f"hyper_{gate}{kind}/" for gate in "ijfo"]
        names["embedding/A_" + kind] = np.hstack([w[s + z + "/super_linear_w"] for s in scopes])
        names["embedding/D_" + kind] = np.vstack([w[s + d + "/super_linear_w"] for s in scopes])
        if kind != "b":
            names["embedding/a_" + kind] = np.hstack([w[s + z + "/super_linear_b"] for s in scopes])
    return {"cell/" + name: value for name, value in names.items()}


def tf1():
    weights, kernel, bias = hyper_lstm(), normal(N, V), normal(V)
    np.savez_compressed("hyper-lstm.npz", **ours(weights),
                        **{"softmax/kernel": kernel, "softmax/bias": bias})
    with tf.Graph().as_default():
        variables = {"rnn/HyperLSTMCell/" + name: value for name, value in weights.items()}
        variables["proj/w"], variables["proj/b"] = kernel.T.astype(np.float64), bias
        for name in list(variables):
            variables[name + "/Adam"] = np.zeros_like(variables[name])
        variables["global_step"] = np.array(9000, np.int64)
        for name, value in variables.items():
            tf.compat.v1.get_variable(name, initializer=tf.constant(value), use_resource=True)
        with tf.compat.v1.Session() as session:
            session.run(tf.compat.v1.global_variables_initializer())
            tf.compat.v1.train.Saver().save(session, "tf1/model.ckpt", 9000, write_meta_graph=False)


def lstm():
    return {"cell/W_x": normal(V, 4 * N), "cell/W_h": normal(N, 4 * N), "cell/b": normal(4 * N),
            "softmax/kernel": normal(N, V), "softmax/bias": normal(V)}


def tf2(weights):
    model, optimizer = tf.Module(), tf.keras.optimizers.Adam()
    for name, value in weights.items():
        scope, leaf = name.split("/")
        if not hasattr(model, scope):
            setattr(model, scope, tf.Module())
        setattr(getattr(model, scope), leaf, tf.Variable(value))
    optimizer.build(model.trainable_variables)
    tf.train.Checkpoint(cell=model.cell, softmax=model.softmax, optimizer=optimizer).write("tf2/ck")


def saved_model(weights):
    model = tf.Module()
    model.weights = [tf.Variable(value, name=name) for name, value in weights.items()]
    tf.saved_model.save(model, "python")
    os.remove("python/fingerprint.pb")


for folder in ("tf1", "tf2", "python"):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
tf1()
LSTM = lstm()
np.savez_compressed("lstm.npz", **LSTM)
tf2(LSTM)
saved_model(LSTM)
