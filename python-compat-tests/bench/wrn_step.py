# SPDX-License-Identifier: Apache-2.0
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def python_steps(depth, width, plain, steps, batch):
    """Milliseconds of each step after the first; the net of graphs/cifar10-wrn-*.json."""
    import image_nets
    from image_nets_tensorflow import Trainer

    net = image_nets.WideResNet(depth, width, plain)
    parameters = net.initial_parameters()
    times = image_nets.step_millis(Trainer(net, parameters).step, net, batch, steps)
    return {
        "parameters": sum(value.size for value in parameters.values()),
        "first": times[0], "median": statistics.median(times[1:])}


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
