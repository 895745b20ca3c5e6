# SPDX-License-Identifier: Apache-2.0
"""One step of one stream of the HyperLSTM character model: PyTorch, JAX, TensorFlow and Java.

    python hyperlstm_single.py [--peers torch,jax,saved,saved-jit] [--model DIR] [--steps 500]
        [--rounds 3] [--json] [--java "COMMAND"]

Batch 1, N1000 M128 E4, V = 50: an id goes in, the one-hot step is made, logits come out as an
array and the state goes to the next step. `saved` is the Keras cell, exported as a SavedModel and
called through its signature `step`; with --model the signature `step` of that SavedModel is
called, too, as `model`. Microseconds are medians after 50 steps. Two cores, each contestant in a
process of its own in each round. Only ratios inside one run mean anything.
"""

import argparse
import functools
import json
import statistics
import sys
import tempfile
import time

import bench_rounds
from hyperlstm_parameters import SIZES, VOCABULARY, initial_parameters
from hyperlstm_peers import PEERS, limit_threads

WARM_UP = 50
NAMES = {"torch": "torch", "jax": "jax", "saved": "keras", "saved-jit": "keras", "model": "keras"}


def time_single(name, steps, model):
    """In a process of its own: microseconds a step."""
    if name in ("torch", "jax"):
        step = PEERS[name].single(initial_parameters(SIZES["P"]))
    else:
        limit_threads("tensorflow")
        import hyperlstm_saved

        with tempfile.TemporaryDirectory() as folder:
            if name != "model":
                hyperlstm_saved.save_step(
                    initial_parameters(SIZES["P"]), folder, jit=name == "saved-jit")
            step = hyperlstm_saved.saved_single(model if name == "model" else folder)
    seconds = []
    for k in range(WARM_UP + steps):
        start = time.perf_counter()
        logits = step(k % VOCABULARY)
        seconds.append(time.perf_counter() - start)
    if logits.shape != (1, VOCABULARY) and name != "model":
        raise SystemExit(f"{name}: logits have the shape {logits.shape}")
    return {"medianMicros": 1e6 * statistics.median(seconds[WARM_UP:]),
            "minMicros": 1e6 * min(seconds[WARM_UP:]), "firstSeconds": seconds[0]}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default="torch,jax,saved,saved-jit")
    parser.add_argument("--model", metavar="DIR", help="a SavedModel with a signature `step`")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--java", metavar="COMMAND",
                        help="run in the current folder; its last line is JSON")
    parser.add_argument("--java-field", default="medianPredictionMicros", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    names = [name for name in args.peers.split(",") if name] + ["model"] * bool(args.model)
    unknown = set(names) - set(NAMES)
    if unknown or args.steps < 1 or args.rounds < 1:
        parser.error(f"unknown peers {sorted(unknown)}" if unknown
                     else "--steps and --rounds must be positive")
    bench_rounds.two_cores()
    if args.worker:
        print(json.dumps(time_single(args.worker, args.steps, args.model)))
        return
    found = {}
    if args.java:
        found["java"] = bench_rounds.java(args.java, args.java_field, "medianMicros")
    for name in names:
        missing = PEERS[NAMES[name]].missing()
        if missing:
            print(f"{name}: skipped: {missing}", file=sys.stderr)
            continue
        command = [sys.executable, __file__, "--worker", name, "--steps", str(args.steps)]
        if name == "model":
            command += ["--model", args.model]
        found[name] = functools.partial(bench_rounds.run, command)
    rows = bench_rounds.summary(
        bench_rounds.in_turn(found, args.rounds, "medianMicros"),
        "medianMicros", ("minMicros", "firstSeconds", "peakMib"))
    if args.json:
        print(json.dumps({"rounds": args.rounds, "steps": args.steps} | rows))
    else:
        print(f"batch 1, {args.rounds} rounds of {args.steps} steps")
        print(bench_rounds.table(rows))


if __name__ == "__main__":
    main()
