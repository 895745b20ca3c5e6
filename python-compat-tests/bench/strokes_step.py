# SPDX-License-Identifier: Apache-2.0
"""One training step of a stroke model: Java and PyTorch in turn.

    python strokes_step.py [--net hyperlstm|ln-hyperlstm|lstm|ln-lstm] [--threads 2]
        [--peers torch,torch-built-in,torch-compile] [--batch 100] [--length 130]
        [--steps 5] [--rounds 3] [--java COMMAND | --no-java] [--json]

The nets of graphs/strokes-omniglot-*.json, decoder only, K = 20, three-way pen: forward, backward,
each gradient cut at 1, Adam. Every drawing is padded to the length, so that a decoder makes one
step more. `torch` has its cell written by hand; `torch-built-in`, for the LSTM, is torch.nn.LSTM.
Each contestant has a process of its own in each round; milliseconds are medians after the first
two steps, ratios those of each round. Only ratios inside one run mean anything: the speed of shared
machines drifts.
"""

import argparse
import json
import os
import shlex
import statistics
import sys

import bench_rounds

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
NETS = ("hyperlstm", "ln-hyperlstm", "lstm", "ln-lstm")
PEERS = {"torch": {}, "torch-built-in": {"built_in": True}, "torch-compile": {"compiled": True}}
JAVA_LENGTH = 130
WARM_UP = 2  # the first call prepares; PyTorch's compiler needs the second, too


def java_command(args):
    """Ours for the same net and batch; it makes drawings of JAVA_LENGTH points, of which none may be
    dropped."""
    return shlex.join([
        os.path.join(ROOT, "hypernet4j"), "bench",
        os.path.join(ROOT, "graphs", f"strokes-omniglot-{args.net}.json"),
        "--set", f"training.batchSize={args.batch}", "--set", "data.drawings.augmentation.dropping=0",
        "--threads", str(args.threads), "--steps", str(args.steps), "--json"])


def time_peer(name, args):
    """In a process of its own: milliseconds a step of a peer."""
    import numpy as np
    import torch

    torch.set_num_threads(args.threads)

    import strokes_nets
    import strokes_torch

    model = strokes_nets.NETS[args.net]
    parameters = strokes_nets.random_parameters(model)
    train = strokes_torch.trainer(parameters, model.mixture, **PEERS[name])
    random = np.random.default_rng(1)
    seconds = bench_rounds.step_seconds(train, (
        strokes_nets.random_batch(args.batch, args.length, random)
        for _ in range(WARM_UP + args.steps)))
    return {
        "medianStepMillis": 1e3 * statistics.median(seconds[WARM_UP:]),
        "minStepMillis": 1e3 * min(seconds[WARM_UP:]),
        "firstSeconds": seconds[0],
        "parameters": sum(value.size for value in parameters.values())}


def contestant(name, args):
    command = [sys.executable, __file__, "--worker", name]
    for option in ("net", "batch", "length", "steps", "threads"):
        command += [f"--{option}", str(getattr(args, option))]
    return lambda: bench_rounds.run(command)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", choices=NETS, default="hyperlstm")
    parser.add_argument("--peers", help="default: torch, and torch-built-in for the LSTM")
    for option, default in (
            ("batch", 100), ("length", 130), ("steps", 5), ("rounds", 3), ("threads", 2)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--java", metavar="COMMAND",
                        help="run in the current folder; its last line is JSON with"
                             " medianStepMillis; default: ./hypernet4j bench of the same net")
    parser.add_argument("--no-java", action="store_true", help="the peers alone")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--worker", choices=PEERS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    default = "torch,torch-built-in" if args.net == "lstm" else "torch"
    names = [name for name in (default if args.peers is None else args.peers).split(",") if name]
    if set(names) - set(PEERS) or ("torch-built-in" in names and args.net != "lstm"):
        parser.error(f"peers of {args.net}: {', '.join(PEERS)}; torch-built-in for the LSTM alone")
    if min(args.batch, args.length, args.steps, args.rounds, args.threads) < 1:
        parser.error("batch, length, steps, rounds and threads must be positive")
    if not (args.java or args.no_java or args.worker) and args.length != JAVA_LENGTH:
        parser.error(f"our bench command pads to {JAVA_LENGTH}: use that length, or --no-java")
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
    rows = bench_rounds.summary(
        results, "medianStepMillis", ("minStepMillis", "firstSeconds", "peakMib", "parameters"))
    if args.json:
        print(json.dumps({option: getattr(args, option) for option in (
            "net", "batch", "length", "rounds", "steps", "threads")} | rows))
    else:
        print(f"{args.net}, batch {args.batch}, length {args.length}, {args.threads} threads,"
              f" {args.rounds} rounds of {args.steps} steps")
        print(bench_rounds.table(rows))


if __name__ == "__main__":
    main()
