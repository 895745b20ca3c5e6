"""Do two ways of training give the same losses? Above all: the GPU and the CPU.

    python loss_agreement.py [--spec graphs/mnist-hyper.json] [--steps 20] [--second "--gpu"]
        [--tolerance 0.001]

Trains the same steps of the same seed twice, each in a process of its own, as

    ./hypernet4j FIRST train SPEC --set training.steps=N ...
    ./hypernet4j SECOND train SPEC --set training.steps=N ...

and sets the losses of every step beside each other. FIRST is empty unless it is given; SECOND is
--gpu. What follows `train` goes behind a `--`: --second="-- --set training.xla=step". The exit code
is 1 if a loss differs by more than the tolerance, relative to the loss, and 2 if a training fails.
Later steps may differ although nothing is wrong: rounding grows from step to step. Replicas draw
dropout masks of their own: compare them without dropout.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def command(options, spec, steps, run):
    """The command line: options of the program, then, behind --, those of `train`."""
    words = options.split()
    cut = words.index("--") if "--" in words else len(words)
    return [
        str(ROOT / "hypernet4j"), *words[:cut], "train", str(spec), *words[cut + 1:],
        "--set", f"training.steps={steps}", "--set", "training.logEvery=1",
        "--set", f'training.evaluateEvery={{"steps":{steps}}}', "--no-export", "--run", str(run)]


def losses(options, spec, steps):
    """The loss of each step."""
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        done = subprocess.run(
            command(options, spec, steps, run), capture_output=True, text=True)
        if done.returncode != 0:
            words = [line for line in done.stderr.splitlines() if line.startswith("error:")]
            print("\n".join(words) or done.stderr, file=sys.stderr)
            sys.exit(2)
        lines = (run / "metrics.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["loss"] for row in rows if row["kind"] == "train"]


def compare(first, second, tolerance):
    """The largest relative difference, and the first step beyond the tolerance or None."""
    if len(first) != len(second):
        raise SystemExit(f"{len(first)} steps against {len(second)}")
    differences = [abs(a - b) / abs(a) for a, b in zip(first, second)]
    beyond = [step for step, d in enumerate(differences, 1) if not d <= tolerance]
    return max(differences), beyond[0] if beyond else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", default=str(ROOT / "graphs/mnist-hyper.json"))
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--first", default="", metavar="OPTIONS")
    parser.add_argument("--second", default="--gpu", metavar="OPTIONS")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    args = parser.parse_args()
    if args.steps < 1:
        parser.error("--steps must be positive")
    first = losses(args.first, args.spec, args.steps)
    second = losses(args.second, args.spec, args.steps)
    for step, (a, b) in enumerate(zip(first, second), 1):
        print(f"step {step}: {a:.6f} {b:.6f}  {(b - a) / a:+.1e}", file=sys.stderr)
    largest, beyond = compare(first, second, args.tolerance)
    print(json.dumps({
        "steps": args.steps, "first": args.first, "second": args.second,
        "largestRelativeDifference": largest, "tolerance": args.tolerance,
        "firstStepBeyond": beyond}))
    sys.exit(0 if beyond is None else 1)


if __name__ == "__main__":
    main()
