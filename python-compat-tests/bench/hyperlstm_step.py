# SPDX-License-Identifier: Apache-2.0
"""One training step of a HyperLSTM character model: Keras, JAX, PyTorch and Java in turn.

    python hyperlstm_step.py --check
    python hyperlstm_step.py --size S [--peers keras,keras-plain,keras-jit,jax,torch,products]
        [--steps 20] [--rounds 3] [--all-cores] [--json]
        [--java "./hypernet4j bench graphs/bench-hyperlstm-S.json --json"]

V = 50 one-hot characters, layer norm on, softmax with bias, mean cross entropy, all gradients,
clipping by global norm 1, Adam; S: B32 T50 N256 M64 E8, M: B64 T100 N512 M128 E4, P (the paper's
PTB): B128 T100 N1000 M128 E4. Two cores; --all-cores has all, as the host of a GPU should. Each
contestant has a process of its own in each round; milliseconds are medians after the first two
steps, firstSeconds is the first call (trace and compilation), peakMib the process at its largest,
of which loadedMib before the first step, mostly libraries. `keras` has the input products before
the RNN, `keras-plain` in its cell. `products` are the matrix products alone, productsAtPeak their
number at the rate of one large product. Only ratios inside one run mean anything: the speed of
shared machines drifts.
"""

import argparse
import functools
import json
import os
import statistics
import sys
import time

import numpy as np

import bench_rounds
from hyperlstm_parameters import SIZES, initial_parameters, random_batch
from hyperlstm_peers import ALL_CORES, PEERS, limit_threads

DEFAULT_STEPS = {"S": 20, "M": 6, "P": 4}
WARM_UP = 2  # the first call compiles; PyTorch's compiler needs the second, too


def time_peer(name, size, steps):
    """In a process of its own: milliseconds a step of a peer."""
    train = PEERS[name].trainer(initial_parameters(size))
    loaded = bench_rounds.peak_mib()
    random = np.random.default_rng(1)
    seconds = bench_rounds.step_seconds(
        train, (random_batch(size, random) for _ in range(WARM_UP + steps)))
    return {
        "medianStepMillis": 1e3 * statistics.median(seconds[WARM_UP:]),
        "minStepMillis": 1e3 * min(seconds[WARM_UP:]),
        "firstSeconds": seconds[0],
        "loadedMib": loaded}


def time_products(size, steps):
    """In a process of its own: the matrix products of a step alone."""
    import torch

    import hyperlstm_products

    limit_threads("torch")
    torch.set_grad_enabled(False)
    run = hyperlstm_products.step(size)
    run()
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    work = 3 * hyperlstm_products.multiplications(size)
    return {
        "medianStepMillis": 1e3 * statistics.median(seconds),
        "productsAtPeak": 1e3 * work / hyperlstm_products.peak_rate()}


def contestants(names, args):
    found = {}
    if args.java:
        found["java"] = bench_rounds.java(args.java, args.java_field, "medianStepMillis")
    for name in names:
        missing = PEERS["torch" if name == "products" else name].missing()
        if missing:
            print(f"{name}: skipped: {missing}", file=sys.stderr)
        else:
            found[name] = functools.partial(bench_rounds.run, [
                sys.executable, __file__, "--worker", name, "--size", args.size,
                "--steps", str(args.steps)])
    return found


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check the peers' numbers only")
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--peers", default="keras,keras-plain,keras-jit,jax,torch,products",
                        help="default: %(default)s; also torch-compile")
    parser.add_argument("--steps", type=int, help="timed steps; default: 20, 6, 4 for S, M, P")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--java", metavar="COMMAND",
                        help="run in the current folder; its last line is JSON")
    parser.add_argument("--java-field", default="medianStepMillis", metavar="NAME")
    parser.add_argument("--all-cores", action="store_true",
                        help="use every core of this machine; default: hold all to two")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.steps = args.steps or DEFAULT_STEPS[args.size]
    names = [name for name in args.peers.split(",") if name]
    unknown = set(names) - {*PEERS, "products"}
    if unknown or args.steps < 1 or args.rounds < 1:
        parser.error(f"unknown peers {sorted(unknown)}" if unknown
                     else "--steps and --rounds must be positive")
    if args.all_cores:
        os.environ[ALL_CORES] = "1"
        os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))
    elif ALL_CORES not in os.environ:
        bench_rounds.two_cores()
    if args.check:
        import hyperlstm_check

        hyperlstm_check.run([name for name in names if name != "products"])
        return
    if args.worker:
        size = SIZES[args.size]
        print(json.dumps(time_products(size, args.steps) if args.worker == "products"
                         else time_peer(args.worker, size, args.steps)))
        return
    results = bench_rounds.in_turn(contestants(names, args), args.rounds, "medianStepMillis")
    rows = bench_rounds.summary(results, "medianStepMillis", (
        "minStepMillis", "firstSeconds", "loadedMib", "peakMib", "productsAtPeak"))
    if args.json:
        print(json.dumps({"size": args.size, "rounds": args.rounds, "steps": args.steps} | rows))
    else:
        print(f"size {args.size}, {args.rounds} rounds of {args.steps} steps")
        print(bench_rounds.table(rows))


if __name__ == "__main__":
    main()
