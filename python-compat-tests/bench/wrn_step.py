"""One training step of a Wide ResNet in Python TensorFlow's tf.function, beside the same in Java.

    python wrn_step.py [--depth 40] [--width 2] [--plain] [--rounds 3] [--steps 10] [--batch 128]

Runs `./hypernet4j bench` and the Python step in turn on this machine, both with the same oneDNN
switch, and prints milliseconds and the ratio Java / Python of the medians. Only the ratio means
anything: the speed of shared machines drifts. With --generation it also runs Java's plain net with
the hyper net's optimizer in the same rounds, and prints what generating costs: the share of a step
by which the hyper net is slower.
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
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
EPSILON, SHARE, L2, BASIC = 1e-5, 0.1, 5e-4, 16


def python_steps(depth, width, plain, steps, batch):
    """Milliseconds of each step after the first; the net of graphs/cifar10-wrn-*.json."""
    import numpy as np
    import tensorflow as tf

    blocks = (depth - 4) // 6
    spec = ROOT / f"graphs/cifar10-wrn-{depth}-{width}-hyper.json"
    generator = json.loads(spec.read_text())["model"]["kernels"]
    n_z, stddev = generator["embeddingSize"], generator["weightStddev"]
    variables = []
    moving = []

    def new(*shape, stddev=0.0, mean=0.0):
        variables.append(tf.Variable(tf.random.truncated_normal(shape, mean, stddev)))
        return variables[-1]

    def norm(channels):
        moving.append((tf.Variable(tf.zeros(channels)), tf.Variable(tf.ones(channels))))
        return new(channels, mean=1.0), new(channels), *moving[-1]

    shapes = []
    channels = BASIC
    for group in range(3):
        out = BASIC * width * 2**group
        for block in range(blocks):
            shapes += [(channels, out), (out, out)]
            channels = out
    if plain:
        weights = [new(3, 3, i, o, stddev=(2 / (9 * i)) ** 0.5) for i, o in shapes]
    else:
        z = [new(i // BASIC * (o // BASIC), n_z, stddev=1.0) for i, o in shapes]
        w, b = new(n_z, BASIC * n_z, stddev=stddev), new(BASIC * n_z)
        w_out, b_out = new(n_z, 9 * BASIC, stddev=stddev), new(9 * BASIC)

    def kernels():
        if plain:
            return weights
        a = tf.reshape(tf.matmul(tf.concat(z, 0), w) + b, [-1, n_z])
        tiles = tf.reshape(tf.matmul(a, w_out) + b_out, [-1, BASIC, 9, BASIC])
        tiles = tf.transpose(tiles, [0, 2, 1, 3])
        made, first = [], 0
        for i, o in shapes:
            p, q = i // BASIC, o // BASIC
            grid = tf.reshape(tiles[first:first + p * q], [p, q, 9, BASIC, BASIC])
            made.append(tf.reshape(tf.transpose(grid, [2, 0, 3, 1, 4]), [3, 3, i, o]))
            first += p * q
        return made

    conv1, bias1, norm1 = new(3, 3, 3, BASIC, stddev=0.27), new(BASIC), norm(BASIC)
    layers = [(norm(i), new(o)) for i, o in shapes]
    last, dense_w, dense_b = norm(channels), new(channels, 10, stddev=0.1), new(10)

    def activate(x, parameters):
        gamma, beta, mean, variance = parameters
        y, new_mean, new_variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x, scale=gamma, offset=beta, mean=mean, variance=variance, epsilon=EPSILON,
            exponential_avg_factor=SHARE, is_training=True)
        mean.assign(new_mean)
        variance.assign(new_variance)
        return tf.nn.relu(y)

    def conv(x, kernel, bias, stride):
        return tf.nn.bias_add(tf.nn.conv2d(x, kernel, stride, "SAME"), bias)

    slots = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables]
    beta1, beta2 = tf.Variable(0.9), tf.Variable(0.999)

    @tf.function
    def step(pixels, labels, rate):
        with tf.GradientTape() as tape:
            made = kernels()
            x = (tf.cast(pixels, tf.float32) * (1 / 255) - MEAN) / STD
            x = activate(conv(x, conv1, bias1, 1), norm1)
            for n in range(0, len(shapes), 2):
                i, o = shapes[n]
                stride = 2 if n and n % (2 * blocks) == 0 else 1
                y = conv(activate(x, layers[n][0]), made[n], layers[n][1], stride)
                y = conv(activate(y, layers[n + 1][0]), made[n + 1], layers[n + 1][1], 1)
                x = x if stride == 1 else tf.nn.avg_pool2d(x, 2, 2, "VALID")
                x = y + (x if i == o else tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, o - i]]))
            x = tf.reduce_mean(activate(x, last), [1, 2])
            logits = tf.matmul(x, dense_w) + dense_b
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
            loss += L2 * tf.add_n([tf.nn.l2_loss(k) for k in [conv1, dense_w, *made]])
        gradients = tape.gradient(loss, variables)
        size = tf.linalg.global_norm(gradients)
        error = tf.reduce_mean(tf.cast(tf.argmax(logits, 1, tf.int32) != labels, tf.float32))
        for v, (first, second), g in zip(variables, slots, gradients):
            if plain:
                tf.raw_ops.ResourceApplyMomentum(
                    var=v.handle, accum=first.handle, lr=rate, grad=g, momentum=0.9,
                    use_nesterov=True)
            else:
                tf.raw_ops.ResourceApplyAdam(
                    var=v.handle, m=first.handle, v=second.handle, beta1_power=beta1,
                    beta2_power=beta2, lr=rate, beta1=0.9, beta2=0.999, epsilon=1e-8, grad=g)
        beta1.assign(beta1 * 0.9)
        beta2.assign(beta2 * 0.999)
        return loss, size, error

    count = sum(int(tf.size(v)) for v in variables)
    random = np.random.default_rng(1)
    labels = (np.arange(batch) % 10).astype(np.int32)
    times = []
    for _ in range(steps):
        pixels = random.integers(0, 256, (batch, 32, 32, 3)).astype(np.uint8)
        start = time.perf_counter()
        [t.numpy() for t in step(pixels, labels, np.float32(0.001))]
        times.append(1e3 * (time.perf_counter() - start))
    return {"parameters": count, "first": times[0], "median": statistics.median(times[1:])}


def java(args, kind, *settings):
    command = [
        str(ROOT / "hypernet4j"), "bench",
        str(ROOT / f"graphs/cifar10-wrn-{args.depth}-{args.width}-{kind}.json"),
        "--set", f"training.batchSize={args.batch}", "--steps", str(args.steps), "--json"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def python(args):
    # a process of its own, so that neither side keeps threads while the other is timed
    command = [
        sys.executable, __file__, "--python-only", "--depth", str(args.depth),
        "--width", str(args.width), "--steps", str(args.steps), "--batch", str(args.batch)]
    done = subprocess.run(
        command + (["--plain"] if args.plain else []), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depth", type=int, default=40)
    parser.add_argument("--width", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="every kernel trained, none generated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--generation", action="store_true", help="what generating costs as well")
    parser.add_argument("--python-only", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.python_only:
        print(json.dumps(
            python_steps(args.depth, args.width, args.plain, args.steps, args.batch)))
        return
    ours, theirs, without, firsts, parameters = [], [], [], [], 0
    for _ in range(args.rounds):
        step = java(args, "plain" if args.plain else "hyper")
        ours.append(step["medianStepMillis"])
        firsts.append(step["firstSeconds"])
        if args.generation:
            # the same optimizer in both: what differs is where the kernels come from
            without.append(java(args, "plain", 'training.optimizer={"type":"adam","learningRate":0.001}')
                           ["medianStepMillis"])
        peer = python(args)
        theirs.append(peer["median"])
        parameters = peer["parameters"]
        print(f"java {ours[-1]:.1f} ms, python {theirs[-1]:.1f} ms"
              + (f", java without generator {without[-1]:.1f} ms" if without else ""),
              file=sys.stderr)
    result = {
        "net": f"wrn-{args.depth}-{args.width}", "batch": args.batch, "parameters": parameters,
        "javaStepMillis": statistics.median(ours),
        "pythonStepMillis": statistics.median(theirs),
        "ratio": statistics.median(ours) / statistics.median(theirs),
        "javaFirstSeconds": statistics.median(firsts)}
    if without:
        result["generationShare"] = 1 - statistics.median(without) / statistics.median(ours)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
