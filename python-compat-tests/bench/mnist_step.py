# SPDX-License-Identifier: Apache-2.0
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def python_steps(steps, batch):
    """Milliseconds of each step after the first; the net and optimizer of graphs/mnist-hyper.json."""
    import image_nets
    from image_nets_tensorflow import Trainer

    net = image_nets.Mnist()
    step = Trainer(net, net.initial_parameters()).step
    return image_nets.step_millis(step, net, batch, steps)[1:]


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
