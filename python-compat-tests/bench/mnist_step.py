"""One MNIST training step in Python TensorFlow's tf.function, beside the same step in Java.

    python mnist_step.py [--rounds 3] [--steps 40] [--batch 1000]

Runs `./hypernet4j bench` and the Python step in turn on this machine, both with the same oneDNN
switch, and prints milliseconds and the ratio Java / Python of the medians. Only the ratio means
anything: the speed of shared machines drifts.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def python_steps(steps, batch):
    """Milliseconds of each step after the first; the net and optimizer of graphs/mnist-hyper.json."""
    import numpy as np
    import tensorflow as tf

    def normal(*shape):
        return tf.Variable(tf.random.truncated_normal(shape, stddev=0.01))

    def zeros(*shape):
        return tf.Variable(tf.zeros(shape))

    k1, b1, b2 = normal(7, 7, 1, 16), zeros(16), zeros(16)
    z, w, b = tf.Variable(tf.random.truncated_normal([1, 4])), normal(4, 64), zeros(64)
    w_out, b_out = normal(4, 784), zeros(784)
    dense_w, dense_b = normal(784, 10), zeros(10)
    variables = [k1, b1, b2, z, w, b, w_out, b_out, dense_w, dense_b]
    m = [tf.Variable(tf.zeros_like(v)) for v in variables]
    v2 = [tf.Variable(tf.zeros_like(v)) for v in variables]
    beta1, beta2 = tf.Variable(0.9), tf.Variable(0.999)

    @tf.function
    def step(pixels, labels, rate):
        with tf.GradientTape() as tape:
            x = tf.cast(pixels, tf.float32) * (1 / 255)
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, k1, 1, "SAME"), b1))
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            a = tf.reshape(tf.matmul(z, w) + b, [16, 4])
            kernel = tf.reshape(tf.matmul(a, w_out) + b_out, [16, 7, 7, 16])
            kernel = tf.transpose(kernel, [1, 2, 0, 3])
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), b2))
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            logits = tf.matmul(tf.reshape(x, [-1, 784]), dense_w) + dense_b
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        gradients = tape.gradient(loss, variables)
        norm = tf.linalg.global_norm(gradients)
        error = tf.reduce_mean(
            tf.cast(tf.argmax(logits, 1, tf.int32) != labels, tf.float32))
        for p, first, second, g in zip(variables, m, v2, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=p.handle, m=first.handle, v=second.handle, beta1_power=beta1,
                beta2_power=beta2, lr=rate, beta1=0.9, beta2=0.999, epsilon=1e-8, grad=g)
        beta1.assign(beta1 * 0.9)
        beta2.assign(beta2 * 0.999)
        return loss, norm, error

    random = np.random.default_rng(1)
    labels = (np.arange(batch) % 10).astype(np.int32)
    times = []
    for _ in range(steps):
        pixels = random.integers(0, 256, (batch, 28, 28, 1)).astype(np.uint8)
        start = time.perf_counter()
        [t.numpy() for t in step(pixels, labels, np.float32(0.001))]
        times.append(1e3 * (time.perf_counter() - start))
    return times[1:]


def java_median(steps, batch):
    command = [
        str(ROOT / "hypernet4j"), "bench", str(ROOT / "graphs/mnist-hyper.json"),
        "--set", f"training.batchSize={batch}", "--steps", str(steps), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])["medianStepMillis"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--python-only", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.python_only:
        print(json.dumps(statistics.median(python_steps(args.steps, args.batch))))
        return
    java, python = [], []
    for _ in range(args.rounds):
        java.append(java_median(args.steps, args.batch))
        # a process of its own, so that neither side keeps threads while the other is timed
        done = subprocess.run(
            [sys.executable, __file__, "--python-only", "--steps", str(args.steps),
             "--batch", str(args.batch)], check=True, capture_output=True, text=True)
        python.append(json.loads(done.stdout.strip().splitlines()[-1]))
        print(f"java {java[-1]:.1f} ms, python {python[-1]:.1f} ms", file=sys.stderr)
    print(json.dumps({
        "batch": args.batch,
        "javaStepMillis": statistics.median(java),
        "pythonStepMillis": statistics.median(python),
        "ratio": statistics.median(java) / statistics.median(python)}))


if __name__ == "__main__":
    main()
