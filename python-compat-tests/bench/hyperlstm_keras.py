# SPDX-License-Identifier: Apache-2.0
"""The HyperLSTM as a Keras cell in `keras.layers.RNN`, under `tf.function`, XLA as an option.

Hoisted: the products of the input are made for all steps before the RNN, whose inputs they are.
Plain: the RNN's inputs are x, as Keras cells are usually written.
"""

import keras
import tensorflow as tf

from hyperlstm_parameters import (
    ADAM_EPSILON, BETA1, BETA2, CLIP_NORM, EPSILON, FORGET_BIAS, LEARNING_RATE, STATE, VOCABULARY,
    pack, unpack)


def layer_norm(x, gain, shift):
    mean = tf.reduce_mean(x, -1, keepdims=True)
    centred = x - mean
    variance = tf.reduce_mean(tf.square(centred), -1, keepdims=True)
    return centred * tf.math.rsqrt(variance + EPSILON) * gain + shift


class HyperLstmCell(keras.layers.Layer):
    """Inputs [B, 4N+4M] = x w_x with hyper/b added, plain: x; state c, h, hyper_c, hyper_h."""

    def __init__(self, packed, hoisted=True):
        super().__init__()
        self.hoisted = hoisted
        self.units, self.hyper_units = packed["b"].shape[0] // 4, packed["hyper/b"].shape[0] // 4
        self.state_size = [self.units, self.units, self.hyper_units, self.hyper_units]
        self.output_size = self.units
        self.weight = {
            name: self.add_weight(
                shape=value.shape, name=name.replace("/", "_"),
                initializer=lambda shape, dtype=None, value=value: tf.constant(value))
            for name, value in packed.items()}
        self.built = True

    def lstm_update(self, prefix, pre, c):
        """pre [B, 4, units] before layer norm, c [B, units] to the next (c, h)."""
        w, shape = self.weight, [4, c.shape[-1]]
        gates = layer_norm(
            pre, tf.reshape(w[f"{prefix}ln/gain"], shape),
            tf.reshape(w[f"{prefix}ln/shift"], shape))
        i, g, f, o = tf.unstack(gates, axis=1)
        c = tf.sigmoid(f + FORGET_BIAS) * c + tf.sigmoid(i) * tf.tanh(g)
        normed = layer_norm(c, w[f"{prefix}ln_c/gain"], w[f"{prefix}ln_c/shift"])
        return c, tf.sigmoid(o) * tf.tanh(normed)

    def project(self, x):
        """x [.., I] to [.., 4N+4M]."""
        return tf.tensordot(x, self.weight["w_x"].value, 1) + tf.pad(
            self.weight["hyper/b"], [[4 * self.units, 0]])

    def call(self, inputs, states):
        w, n = self.weight, self.units
        c, h, hyper_c, hyper_h = states
        if not self.hoisted:
            inputs = self.project(inputs)
        x_main, x_small = tf.split(inputs, [4 * n, 4 * self.hyper_units], 1)
        h_main, h_small = tf.split(tf.matmul(h, w["w_h"]), [4 * n, 4 * self.hyper_units], 1)
        small = x_small + h_small + tf.matmul(hyper_h, w["hyper/W_h"])
        hyper_c, hyper_h = self.lstm_update(
            "hyper/", tf.reshape(small, [-1, 4, self.hyper_units]), hyper_c)
        e4 = w["a_bias"].shape[0] // 2
        z = tf.matmul(hyper_h, w["a"]) + tf.pad(w["a_bias"], [[0, e4]])
        d = tf.einsum("bke,ken->bkn", tf.reshape(z, [-1, 12, e4 // 4]), w["d"])
        d_h, d_x, beta = tf.split(d, 3, 1)
        pre = (
            d_h * tf.reshape(h_main, [-1, 4, n]) + d_x * tf.reshape(x_main, [-1, 4, n])
            + beta + tf.reshape(w["b"], [4, n]))
        c, h = self.lstm_update("", pre, c)
        return h, [c, h, hyper_c, hyper_h]


class HyperLstm:
    """The cell in its RNN; `weights` are the packed variables by name."""

    def __init__(self, parameters, hoisted=True):
        self.cell = HyperLstmCell(pack(parameters), hoisted)
        self.rnn = keras.layers.RNN(self.cell, return_sequences=True, return_state=True)
        self.weights = {name: weight.value for name, weight in self.cell.weight.items()}

    def __call__(self, x, state):
        """x [B, T, I]; outputs [B, T, N] and the list of final state parts."""
        inputs = self.cell.project(x) if self.cell.hoisted else x
        out, *final = self.rnn(inputs, initial_state=list(state))
        return out, final

    def zero_state(self, batch):
        return [tf.zeros([batch, size]) for size in self.cell.state_size]

    def logits(self, h):
        return tf.tensordot(h, self.weights["softmax/W"], 1) + self.weights["softmax/b"]


def sequence(parameters, x, state, r, jit=False, hoisted=True):
    """Outputs, final state and the gradients of sum(out * r), all NumPy; see hyperlstm_check."""
    model = HyperLstm(parameters, hoisted)

    @tf.function(jit_compile=jit)
    def run(x, state):
        with tf.GradientTape() as tape:
            tape.watch([x, *state])
            out, final = model(tf.transpose(x, [1, 0, 2]), state)
            out = tf.transpose(out, [1, 0, 2])
            loss = tf.reduce_sum(out * r)
        return out, final, loss, tape.gradient(loss, (model.weights, x, state))

    out, final, loss, (grads, grad_x, grad_state) = run(
        tf.constant(x), [tf.constant(state[part]) for part in STATE])
    results = {"out": out, "loss": loss, "grad_x": grad_x}
    results |= {f"state/{part}": final[k] for k, part in enumerate(STATE)}
    results |= {f"grad_state/{part}": grad_state[k] for k, part in enumerate(STATE)}
    grads = unpack({
        name: tf.convert_to_tensor(g).numpy() for name, g in grads.items() if g is not None})
    return ({name: value.numpy() for name, value in results.items()}
            | {f"grad/{name}": value for name, value in grads.items()})


def trainer(parameters, jit=False, hoisted=True):
    """A function of (ids, targets), int32 [T, B], that makes one step and returns the loss."""
    model = HyperLstm(parameters, hoisted)
    weights = list(model.weights.values())
    first = [tf.Variable(tf.zeros_like(w)) for w in weights]
    second = [tf.Variable(tf.zeros_like(w)) for w in weights]
    beta1_power, beta2_power = tf.Variable(BETA1), tf.Variable(BETA2)

    @tf.function(jit_compile=jit)
    def step(ids, targets):
        with tf.GradientTape() as tape:
            x = tf.one_hot(tf.transpose(ids), VOCABULARY)
            out, _ = model(x, model.zero_state(ids.shape[1]))
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
                tf.transpose(targets), model.logits(out)))
        grads, _ = tf.clip_by_global_norm(tape.gradient(loss, weights), CLIP_NORM)
        for w, m, v, g in zip(weights, first, second, grads):
            tf.raw_ops.ResourceApplyAdam(
                var=w.handle, m=m.handle, v=v.handle, beta1_power=beta1_power,
                beta2_power=beta2_power, lr=LEARNING_RATE, beta1=BETA1, beta2=BETA2,
                epsilon=ADAM_EPSILON, grad=g)
        beta1_power.assign(beta1_power * BETA1)
        beta2_power.assign(beta2_power * BETA2)
        return loss

    return lambda ids, targets: float(step(tf.constant(ids), tf.constant(targets)).numpy())
