# SPDX-License-Identifier: Apache-2.0
"""Do two ways of training give the same losses? Above all: the GPU and the CPU.

    python loss_agreement.py [--spec graphs/mnist-hyper.json] [--steps 20] [--second "--gpu"]
        [--float32] [--tolerance 0.001] [--launcher ./hypernet4j]

Trains the same steps of the same seed twice, each in a process of its own, as

    ./hypernet4j FIRST train SPEC --set training.steps=N ...
    ./hypernet4j SECOND train SPEC --set training.steps=N ...

and sets the losses of every step beside each other. FIRST is empty unless it is given; SECOND is
--gpu. What follows `train` goes behind a `--`: --second="-- --set training.xla=step". The exit code
is 1 if a loss differs by more than the tolerance, relative to the loss, and 2 if a training fails.

A GPU of compute capability 8.0 or higher multiplies and convolves in TF32: float32 with 10 bits of
fraction in place of 23, a rounding of 5e-4 in each factor. --float32, or NVIDIA_TF32_OVERRIDE=0 in
the environment, computes in float32 proper, as the CPU does; --float32 also keeps XLA from Triton's
matrix products (XLA_FLAGS=--xla_gpu_enable_triton_gemm=false), which do not heed the variable. The
tolerance is 0.001 for float32, and 0.01 where a side is on a GPU with TF32.

Later steps may differ although nothing is wrong: rounding grows from step to step, and a recurrent
net that is not trained yet, with long sequences, lets it grow exponentially (docs/gpu.md). Replicas
draw dropout masks of their own: compare them without dropout. Both trainings run at the same time.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAUNCHER = shlex.quote(str(ROOT / "hypernet4j"))
TF32 = "NVIDIA_TF32_OVERRIDE"  # 0: NVIDIA's libraries compute float32 as float32
NO_TRITON = "--xla_gpu_enable_triton_gemm=false"  # its products of float32 are in TF32
TOLERANCES = {"float32": 1e-3, "tf32": 1e-2}


class TrainingFailed(Exception):
    """A training ended with an error, which the message is."""


def precision(options, environment):
    """What products of float32 are computed in: `tf32` where one of the sides is on a GPU."""
    on_gpu = any("--gpu" in words.split() for words in options)
    return "tf32" if on_gpu and environment.get(TF32) != "0" else "float32"


def command(options, spec, steps, run, launcher=LAUNCHER):
    """The command line: options of the program, then, behind --, those of `train`."""
    words = shlex.split(options)
    cut = words.index("--") if "--" in words else len(words)
    return [
        *shlex.split(launcher), *words[:cut], "train", str(spec), *words[cut + 1:],
        "--set", f"training.steps={steps}", "--set", "training.logEvery=1",
        "--set", f'training.evaluateEvery={{"steps":{steps}}}', "--no-export", "--run", str(run)]


def losses(options, spec, steps, launcher=LAUNCHER):
    """The loss of each step."""
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        done = subprocess.run(
            command(options, spec, steps, run, launcher), capture_output=True, text=True)
        if done.returncode != 0:
            words = [line for line in done.stderr.splitlines() if line.startswith("error:")]
            raise TrainingFailed("\n".join(words) or done.stderr)
        lines = (run / "metrics.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["loss"] for row in rows if row["kind"] == "train"]


def both(first, second, spec, steps, launcher=LAUNCHER):
    """The losses of two trainings that run at the same time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sides = [pool.submit(losses, options, spec, steps, launcher) for options in (first, second)]
        return [side.result() for side in sides]


def float32(environment):
    """What --float32 sets, XLA's flags of one's own kept."""
    flags = environment.get("XLA_FLAGS", "").split()
    return {TF32: "0", "XLA_FLAGS": " ".join([*flags, NO_TRITON])}


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
    parser.add_argument("--float32", action="store_true",
                        help="no TF32 on the GPU; default: as TensorFlow computes, with TF32")
    parser.add_argument("--tolerance", type=float,
                        help="default: 0.001, and 0.01 where a GPU multiplies in TF32")
    parser.add_argument("--launcher", default=LAUNCHER, metavar="COMMAND",
                        help="default: %(default)s")
    args = parser.parse_args()
    if args.steps < 1:
        parser.error("--steps must be positive")
    if args.float32:
        os.environ.update(float32(os.environ))  # of this process and those that it starts
    used = precision([args.first, args.second], os.environ)
    tolerance = TOLERANCES[used] if args.tolerance is None else args.tolerance
    try:
        first, second = both(args.first, args.second, args.spec, args.steps, args.launcher)
    except TrainingFailed as e:
        print(e, file=sys.stderr)
        sys.exit(2)
    for step, (a, b) in enumerate(zip(first, second), 1):
        print(f"step {step}: {a:.6f} {b:.6f}  {(b - a) / a:+.1e}", file=sys.stderr)
    largest, beyond = compare(first, second, tolerance)
    print(json.dumps({
        "steps": args.steps, "first": args.first, "second": args.second,
        "precision": used, "largestRelativeDifference": largest, "tolerance": tolerance,
        "firstStepBeyond": beyond, "losses": [first, second]}))
    sys.exit(0 if beyond is None else 1)


if __name__ == "__main__":
    main()
