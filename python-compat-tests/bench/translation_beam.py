# SPDX-License-Identifier: Apache-2.0
"""The search of an exported translation model: many sentences in one call, and one by one.

    python translation_beam.py MODEL [--sentences 64] [--length 16] [--rounds 3] [--threads 2]
        [--json]

MODEL is the version folder of an exported model, whose search is in its graph. Sentences are random
pieces, all of one length, the same in both forms; with a model that has learnt little each
translation is as long as the search allows. Both forms must give the same translations. Each round
has one call of all, then one of each; milliseconds are medians of the rounds, after a call of each
form that is not counted. A model of the size that Multi30k needs, without a long training:

    ./hypernet4j train graphs/multi30k-ln-hyperlstm.json --set training.steps=2 --out RUN
    ./hypernet4j export RUN --out MODELS
"""

import argparse
import json
import pathlib
import statistics
import time

import bench_rounds


def guide_of(folder):
    """What the manifest says of a translation model."""
    manifest = pathlib.Path(folder) / "assets.extra" / "manifest.json"
    try:
        guide = json.loads(manifest.read_text("utf-8"))["guide"]
        return guide["modelPieces"], guide["search"]["beams"]
    except (OSError, ValueError, KeyError):
        raise SystemExit(
            f"{folder}: not the version folder of an exported translation model: no"
            " assets.extra/manifest.json with pieces and a search; give .../NAME/1") from None


def measure(args):
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(args.threads)
    pieces, beams = guide_of(args.model)
    loaded = tf.saved_model.load(args.model)
    search = loaded.signatures["serving_default"]
    source = np.random.default_rng(1).integers(
        4, pieces, (args.sentences, args.length), dtype=np.int32)

    def call(ids):
        return {name: value.numpy() for name, value in search(source_ids=tf.constant(ids)).items()}

    together, alone, differing = [], [], 0
    for counted in range(args.rounds + 1):
        start = time.perf_counter()
        whole = call(source)
        middle = time.perf_counter()
        each = [call(source[b:b + 1]) for b in range(len(source))]
        end = time.perf_counter()
        if counted:
            together.append(1e3 * (middle - start))
            alone.append(1e3 * (end - middle))
    for b, one in enumerate(each):
        width = one["ids"].shape[2]
        same = (whole["ids"][b, :, :width] == one["ids"][0]).all() and not (
            whole["ids"][b, :, width:].any())
        differing += not same
    if differing:
        raise SystemExit(f"{differing} sentences are translated in another way in a batch")
    return {
        "sentences": args.sentences, "length": args.length, "beams": beams,
        "threads": args.threads, "rounds": args.rounds,
        "medianPieces": statistics.median(whole["lengths"][:, 0].tolist()),
        "steps": int(whole["ids"].shape[2]),
        "togetherMillis": statistics.median(together), "aloneMillis": statistics.median(alone),
        "ratio": statistics.median(a / t for a, t in zip(alone, together))}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL")
    for option, default in (("sentences", 64), ("length", 16), ("rounds", 3), ("threads", 2)):
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    args = parser.parse_args()
    if min(args.sentences, args.length, args.rounds, args.threads) < 1:
        parser.error("sentences, length, rounds and threads must be positive")
    guide_of(args.model)
    bench_rounds.some_cores(args.threads)
    result = measure(args)
    if args.json:
        print(json.dumps(result))
    else:
        print("{sentences} sentences of {length} pieces, {beams} beams, {steps} steps, {threads}"
              " threads: together {togetherMillis:.0f} ms, one by one {aloneMillis:.0f} ms,"
              " {ratio:.1f} times as long".format(**result))


if __name__ == "__main__":
    main()
