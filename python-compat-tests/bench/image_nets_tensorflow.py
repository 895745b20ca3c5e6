# SPDX-License-Identifier: Apache-2.0
"""The training steps of the image nets in Python TensorFlow's tf.function; see image_nets."""

import numpy as np
import tensorflow as tf

from hyperlstm_parameters import ADAM_EPSILON, BETA1, BETA2, LEARNING_RATE
from image_nets import BASIC, EPSILON, FILTERS, KERNEL, MEAN, MOMENTUM, SHARE, STD, Mnist, norm_of


class Trainer:
    """A net with its optimizer."""

    def __init__(self, net, parameters):
        self.net = net
        self.weights = {name: tf.Variable(value) for name, value in parameters.items()}
        self.moving = {name: tf.Variable(value) for name, value in net.statistics().items()}
        self.slots = [
            (tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v)))
            for v in self.weights.values()]
        self.beta1, self.beta2 = tf.Variable(BETA1), tf.Variable(BETA2)
        self.differentiate = tf.function(self._differentiate)
        self.update = tf.function(self._update)

    def step(self, pixels, labels):
        """One training step: loss, norm of the gradients, share of wrong answers."""
        results = self.update(pixels, labels, np.float32(LEARNING_RATE))
        return [result.numpy() for result in results]

    def gradients(self, pixels, labels):
        """Loss, norm, error, and the gradient of each parameter by its name."""
        *results, gradients = self.differentiate(pixels, labels)
        return [r.numpy() for r in results], {
            name: tf.convert_to_tensor(g).numpy() for name, g in zip(self.weights, gradients)}

    def values(self):
        """Parameters and moving statistics by name."""
        return {name: v.numpy() for name, v in (self.weights | self.moving).items()}

    def _differentiate(self, pixels, labels):
        with tf.GradientTape() as tape:
            forward = mnist if isinstance(self.net, Mnist) else wide_resnet
            logits, kernels = forward(self, tf.cast(pixels, tf.float32) * (1 / 255))
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
            if self.net.l2:
                loss += self.net.l2 * tf.add_n([tf.nn.l2_loss(k) for k in kernels])
        gradients = tape.gradient(loss, list(self.weights.values()))
        norm = tf.linalg.global_norm(gradients)
        error = tf.reduce_mean(
            tf.cast(tf.argmax(logits, 1, tf.int32) != labels, tf.float32))
        return loss, norm, error, gradients

    def _update(self, pixels, labels, rate):
        *results, gradients = self._differentiate(pixels, labels)
        for v, (first, second), g in zip(self.weights.values(), self.slots, gradients):
            if self.net.adam:
                tf.raw_ops.ResourceApplyAdam(
                    var=v.handle, m=first.handle, v=second.handle, beta1_power=self.beta1,
                    beta2_power=self.beta2, lr=rate, beta1=BETA1, beta2=BETA2,
                    epsilon=ADAM_EPSILON, grad=g)
            else:
                tf.raw_ops.ResourceApplyMomentum(
                    var=v.handle, accum=first.handle, lr=rate, grad=g, momentum=MOMENTUM,
                    use_nesterov=True)
        self.beta1.assign(self.beta1 * BETA1)
        self.beta2.assign(self.beta2 * BETA2)
        return results


def mnist(trainer, x):
    """x [B, 28, 28, 1] in 0 .. 1; logits [B, 10] and no kernel that decays."""
    p = trainer.weights
    x = tf.nn.relu(convolve(x, p["conv1/kernel"], p["conv1/bias"]))
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    kernel = tf.reshape(generate(p, p["embeddings/conv2/z"]), [FILTERS, KERNEL, KERNEL, FILTERS])
    kernel = tf.transpose(kernel, [1, 2, 0, 3])
    x = tf.nn.relu(convolve(x, kernel, p["conv2/bias"]))
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.reshape(x, [-1, p["dense/kernel"].shape[0]])
    return tf.matmul(x, p["dense/kernel"]) + p["dense/bias"], []


def wide_resnet(trainer, x):
    """x [B, 32, 32, 3] in 0 .. 1; logits [B, 10] and all kernels."""
    p = trainer.weights
    table = trainer.net.convolutions()
    made = group_kernels(p, table)

    def activate(x, name):
        mean, variance = (trainer.moving[f"{name}/moving_{kind}"] for kind in ("mean", "variance"))
        y, new_mean, new_variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x, scale=p[f"{name}/gamma"], offset=p[f"{name}/beta"], mean=mean,
            variance=variance, epsilon=EPSILON, exponential_avg_factor=SHARE, is_training=True)
        mean.assign(new_mean)
        variance.assign(new_variance)
        return tf.nn.relu(y)

    x = convolve((x - MEAN) / STD, p["conv1/kernel"], p["conv1/bias"])
    x = activate(x, "conv1/bn")
    for (name1, i, o, stride), (name2, *_) in zip(table[::2], table[1::2]):
        y = activate(x, norm_of(name1))
        y = convolve(y, made[name1], p[f"{name1}/bias"], stride)
        y = activate(y, norm_of(name2))
        y = convolve(y, made[name2], p[f"{name2}/bias"])
        x = x if stride == 1 else tf.nn.avg_pool2d(x, 2, 2, "VALID")
        x = y + (x if i == o else tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, o - i]]))
    x = tf.reduce_mean(activate(x, "last/bn"), [1, 2])
    logits = tf.matmul(x, p["dense/kernel"]) + p["dense/bias"]
    return logits, [p["conv1/kernel"], p["dense/kernel"], *made.values()]


def group_kernels(p, table):
    """The kernels of the groups by name: trained, or tiles [BASIC, BASIC] of one generator."""
    if "generator/output/W" not in p:
        return {name: p[f"{name}/kernel"] for name, *_ in table}
    z = tf.concat([p[f"embeddings/{name}/z"] for name, *_ in table], 0)
    tiles = tf.reshape(generate(p, z), [-1, BASIC, 9, BASIC])
    tiles = tf.transpose(tiles, [0, 2, 1, 3])
    made, first = {}, 0
    for name, i, o, _ in table:
        rows, columns = i // BASIC, o // BASIC
        grid = tf.reshape(
            tiles[first:first + rows * columns], [rows, columns, 9, BASIC, BASIC])
        made[name] = tf.reshape(tf.transpose(grid, [2, 0, 3, 1, 4]), [3, 3, i, o])
        first += rows * columns
    return made


def generate(p, z):
    """z [K, N_z]; one row for each embedding and channel in."""
    a = tf.matmul(z, p["generator/projection/W"]) + p["generator/projection/B"]
    a = tf.reshape(a, [-1, z.shape[1]])
    return tf.matmul(a, p["generator/output/W"]) + p["generator/output/B"]


def convolve(x, kernel, bias, stride=1):
    return tf.nn.bias_add(tf.nn.conv2d(x, kernel, stride, "SAME"), bias)
