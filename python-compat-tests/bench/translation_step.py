# SPDX-License-Identifier: Apache-2.0
"""One training step of a translator: Keras, PyTorch and Java in turn.

    python translation_step.py [--peers keras,torch] [--batch 64] [--steps 5] [--rounds 3]
        [--threads 2] [--java-threads 1] [--java COMMAND | --no-java] [--json]

The net of graphs/multi30k-ln-hyperlstm.json: 8,000 pieces, two layers of encoder and decoder of
256 units, dropout, forward, backward, gradients cut at a global norm of 5, Adam. Sentences have 16
pieces, translations 16 and the end. Peers: keras, keras-xla (all of the step compiled), torch,
torch-compile (the step of a cell compiled); none masks the decoder, whose loss does not look behind
an end. Each contestant has a process of its own in each round; milliseconds are medians after the
first two steps, piecesPerSecond counts what is read and what is to be said, javaRatio is
milliseconds of Java over those of the peer in the same round, speedRatio its inverse: above 1 Java
is faster. Only ratios inside one run mean anything: the speed of shared machines drifts.
"""

import argparse
import json
import os
import shlex
import statistics
import sys

import bench_rounds

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SPEC = os.path.join(ROOT, "graphs", "multi30k-ln-hyperlstm.json")
PEERS = {
    "keras": ("translation_keras", {}), "keras-xla": ("translation_keras", {"jit": True}),
    "torch": ("translation_torch", {}), "torch-compile": ("translation_torch", {"compiled": True})}
SOURCE, TARGET = 16, 17  # what ./hypernet4j bench makes of a translation model
WARM_UP = 2  # the first call compiles; PyTorch's compiler needs the second, too


def java_command(args):
    """Ours for the same net and batch."""
    return shlex.join([
        os.path.join(ROOT, "hypernet4j"), "bench", SPEC,
        "--set", f"training.batchSize={args.batch}",
        "--threads", str(args.java_threads), "--steps", str(args.steps), "--json"])


def limit_threads(package, threads):
    """Before the package does anything."""
    if package == "translation_torch":
        import torch

        torch.set_num_threads(threads)
    else:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def time_peer(name, args):
    """In a process of its own: milliseconds a step of a peer."""
    import importlib

    import numpy as np

    package, options = PEERS[name]
    limit_threads(package, args.threads)

    import translation_nets

    size = translation_nets.MULTI30K
    parameters = translation_nets.random_parameters(size)
    train = importlib.import_module(package).trainer(parameters, **options)
    random = np.random.default_rng(1)
    seconds = bench_rounds.step_seconds(train, (
        translation_nets.random_batch(size, args.batch, SOURCE, TARGET, random)
        for _ in range(WARM_UP + args.steps)))
    return {
        "medianStepMillis": 1e3 * statistics.median(seconds[WARM_UP:]),
        "minStepMillis": 1e3 * min(seconds[WARM_UP:]),
        "firstSeconds": seconds[0],
        "parameters": sum(value.size for value in parameters.values())}


def contestant(name, args):
    command = [sys.executable, __file__, "--worker", name]
    for option in ("batch", "steps", "threads"):
        command += [f"--{option}", str(getattr(args, option))]
    return lambda: bench_rounds.run(command)


def with_speeds(rows, batch):
    """The summary with pieces a second and, of a peer, how much faster Java is."""
    for row in rows.values():
        row["piecesPerSecond"] = 1e3 * batch * (SOURCE + TARGET) / row["medianStepMillis"]
        if "javaRatio" in row:
            row["speedRatio"] = 1 / row["javaRatio"]
    return rows


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default="keras,torch")
    for option, default in (("batch", 64), ("steps", 5), ("rounds", 3), ("threads", 2)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--java", metavar="COMMAND",
                        help="run in the current folder; its last line is JSON with"
                             " medianStepMillis; default: ./hypernet4j bench of the same net")
    parser.add_argument("--java-threads", type=int, default=1,
                        help="threads inside an operation of ours, 0 for all; operations run side"
                             " by side on as many cores as --threads either way")
    parser.add_argument("--no-java", action="store_true", help="the peers alone")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--worker", choices=PEERS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    names = [name for name in args.peers.split(",") if name]
    if set(names) - set(PEERS):
        parser.error(f"peers: {', '.join(PEERS)}")
    if min(args.batch, args.steps, args.rounds, args.threads) < 1 or args.java_threads < 0:
        parser.error("batch, steps, rounds and threads must be positive")
    os.environ["OMP_NUM_THREADS"] = str(args.threads)
    bench_rounds.some_cores(args.threads)
    if args.worker:
        print(json.dumps(time_peer(args.worker, args)))
        return
    found = {}
    if not args.no_java:
        found["java"] = bench_rounds.java(
            args.java or java_command(args), "medianStepMillis", "medianStepMillis")
    found |= {name: contestant(name, args) for name in names}
    results = bench_rounds.in_turn(found, args.rounds, "medianStepMillis")
    rows = with_speeds(bench_rounds.summary(
        results, "medianStepMillis", ("minStepMillis", "firstSeconds", "peakMib", "parameters")),
        args.batch)
    if args.json:
        print(json.dumps({option: getattr(args, option) for option in (
            "batch", "rounds", "steps", "threads", "java_threads")} | rows))
    else:
        print(f"translation, batch {args.batch}, {SOURCE} and {TARGET} pieces,"
              f" {args.threads} threads, {args.rounds} rounds of {args.steps} steps")
        print(bench_rounds.table(rows))


if __name__ == "__main__":
    main()
