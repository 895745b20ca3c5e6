# SPDX-License-Identifier: Apache-2.0
"""Training steps of three models on an NVIDIA GPU: Java, PyTorch and JAX in turn.

    python gpu_step.py [--models mnist,wrn,hyperlstm] [--steps 30] [--rounds 3] [--java-cpu]
        [--peers torch,torch-compile,jax] [--json]
    python gpu_step.py --no-java
    python gpu_step.py --device cpu --models mnist,wrn-small,hyperlstm-small --batch 8 --steps 5

mnist is graphs/mnist-hyper.json with batch 1000, wrn the hyper net WRN-40-2 with batch 128,
hyperlstm the paper's size on the Penn Treebank, batch 128 and 100 symbols. Java runs
`./hypernet4j --gpu bench`, which needs Java, Maven and the driver; PyTorch needs torch and numpy,
JAX, which has the HyperLSTM only, jax and numpy. With --no-java the files of this folder are enough.

Every contestant has a process of its own in each round. A step is whole: bytes to the device, loss,
gradients, their norm, update, and the numbers back; PyTorch's clock is read after a
synchronisation. PyTorch multiplies and convolves in TF32 as TensorFlow and JAX do, and tries cuDNN's
algorithms as TensorFlow does; NVIDIA_TF32_OVERRIDE=0 takes TF32 from all. Milliseconds are
medians, without the first step in Java and the first two in the others; firstSeconds is the first
step with all that it compiles; javaRatio is the median of Java / the other in the same round, below
1 where Java is faster. --device cpu holds all to two cores; --java-cpu, beside a GPU, has all.
CUDA_VISIBLE_DEVICES chooses among GPUs. Exit code 2: no CUDA, no torch, or what Java says.
"""

import argparse
import dataclasses
import functools
import json
import os
import pathlib
import shlex
import statistics
import sys

import numpy as np

import bench_rounds
import hyperlstm_parameters
import image_nets
from hyperlstm_parameters import SIZES
from hyperlstm_peers import PEERS, limit_threads

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARM_UP = 2  # the first call compiles; PyTorch's compiler needs the second, too
FIELD = "medianStepMillis"
PEERS_HERE = ("torch", "torch-compile", "jax")


@dataclasses.dataclass(frozen=True)
class Model:
    """A specification in graphs/, the net of our own that it describes, and its batch."""

    spec: str
    net: object
    batch: int

    def has(self, peer):
        """Whether the peer knows this net: JAX has the HyperLSTM only."""
        return peer != "jax" or isinstance(self.net, hyperlstm_parameters.Size)

    def trainer(self, batch, device, compiled, peer="torch"):
        """(step, batch): functions; a batch is what a step takes."""
        random = np.random.default_rng(1)
        if isinstance(self.net, hyperlstm_parameters.Size):
            size = dataclasses.replace(self.net, batch=batch)
            parameters = hyperlstm_parameters.initial_parameters(size)
            if peer == "jax":
                import hyperlstm_jax

                step = hyperlstm_jax.trainer(parameters)
            else:
                import hyperlstm_torch

                step = hyperlstm_torch.trainer(parameters, compiled, device)
            return step, lambda: hyperlstm_parameters.random_batch(size, random)
        import image_nets_torch

        parameters = self.net.initial_parameters()
        step = image_nets_torch.Trainer(self.net, parameters, device, compiled).step
        return step, lambda: image_nets.random_batch(self.net, batch, random)


MODELS = {
    "mnist": Model("mnist-hyper", image_nets.Mnist(), 1000),
    "wrn": Model("cifar10-wrn-40-2-hyper", image_nets.WideResNet(40, 2), 128),
    "wrn-plain": Model("cifar10-wrn-40-2-plain", image_nets.WideResNet(40, 2, plain=True), 128),
    "wrn-small": Model("cifar10-wrn-10-1-hyper", image_nets.WideResNet(10, 1), 128),
    "hyperlstm": Model("bench-hyperlstm-p", SIZES["P"], SIZES["P"].batch),
    "hyperlstm-small": Model("bench-hyperlstm-s", SIZES["S"], SIZES["S"].batch)}


def device_name(device, peer="torch"):
    """In a process of its own: what a peer computes on; ends with code 2 where that is missing."""
    if peer == "jax":
        # JAX looks at these when it is imported, or first asked for devices
        os.environ["JAX_PLATFORMS"] = device
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
        import jax

        try:
            found = jax.devices()[0]
        except RuntimeError:
            no_cuda(f"JAX {jax.__version__}")
        return found.device_kind if device == "cuda" else "CPU"
    import torch

    if device == "cuda":
        if not torch.cuda.is_available():
            no_cuda(f"PyTorch {torch.__version__}")
        return torch.cuda.get_device_name()
    return "CPU"


def no_cuda(who):
    message = (f"--device cuda: {who} finds no CUDA device here. "
               "nvidia-smi shows whether the driver does; --device cpu needs none.")
    print(json.dumps({"error": message}))  # so that bench_rounds.run adds no word
    refuse(message)


def time_jax(name, args):
    """In a process of its own: milliseconds a step."""
    where = device_name(args.device, "jax")
    import jax

    model = MODELS[name]
    step, batch = model.trainer(args.batch or model.batch, args.device, False, "jax")
    # a step of hyperlstm_jax has waited for its results
    seconds = bench_rounds.step_seconds(step, (batch() for _ in range(WARM_UP + args.steps)))
    stats = jax.devices()[0].memory_stats() or {}  # None on the CPU
    memory = {}
    if "peak_bytes_in_use" in stats:
        memory["gpuPeakMib"] = stats["peak_bytes_in_use"] / 2**20
    return timed(where, seconds) | memory


def time_torch(name, args):
    """In a process of its own: milliseconds a step."""
    import torch

    where = device_name(args.device)
    if args.device == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    else:
        limit_threads("torch")
    model = MODELS[name]
    compiled = args.peers == ["torch-compile"]
    step, batch = model.trainer(args.batch or model.batch, args.device, compiled)

    def synchronised(*values):
        results = step(*values)
        if args.device == "cuda":
            torch.cuda.synchronize()
        return results

    seconds = bench_rounds.step_seconds(
        synchronised, (batch() for _ in range(WARM_UP + args.steps)))
    memory = {}
    if args.device == "cuda":
        memory["gpuPeakMib"] = torch.cuda.max_memory_reserved() / 2**20
    return timed(where, seconds) | memory


def timed(where, seconds):
    return {
        "device": where, FIELD: 1e3 * statistics.median(seconds[WARM_UP:]),
        "minStepMillis": 1e3 * min(seconds[WARM_UP:]), "firstSeconds": seconds[0]}


def refuse(message):
    print(message, file=sys.stderr)
    raise SystemExit(2)


def worker(what, args, peer="torch"):
    command = [sys.executable, __file__, "--worker", what, "--device", args.device,
               "--steps", str(args.steps)]
    command += ["--batch", str(args.batch)] if args.batch else []
    return command + (["--peers", peer] if peer != "torch" else [])


def java(model, args, gpu):
    return [
        str(ROOT / "hypernet4j"), *(["--gpu"] if gpu else []), "bench",
        str(ROOT / f"graphs/{model.spec}.json"),
        "--set", f"training.batchSize={args.batch or model.batch}", "--steps", str(args.steps),
        "--json"]


def commands(name, args):
    """Contestant to its command; Java first, whose figures the others are compared with."""
    found, gpu = {}, args.device == "cuda"
    if not args.no_java:
        found["java"] = java(MODELS[name], args, gpu)
        if args.java_cpu and gpu:
            found["java-cpu"] = java(MODELS[name], args, gpu=False)
    found |= {peer: worker(name, args, peer) for peer in args.peers if MODELS[name].has(peer)}
    return found


def compare(name, args):
    """The summary of a model, by contestant, and the device of each."""
    batch = args.batch or MODELS[name].batch
    print(f"{name}: batch {batch}", file=sys.stderr)
    contestants = {
        who: bench_rounds.java(shlex.join(command), FIELD, FIELD) if who.startswith("java")
        else functools.partial(bench_rounds.run, command)
        for who, command in commands(name, args).items()}
    results = bench_rounds.in_turn(contestants, args.rounds, FIELD)
    rows = bench_rounds.summary(
        results, FIELD, ("minStepMillis", "firstSeconds", "peakMib", "gpuPeakMib"))
    devices = {who: rounds[0]["device"] for who, rounds in results.items()}
    return {"batch": batch, "devices": devices, "contestants": rows}


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="mnist,wrn,hyperlstm",
                        help=f"of {', '.join(MODELS)}; default: %(default)s")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda",
                        help="default: %(default)s")
    parser.add_argument("--steps", type=int, default=30, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--batch", type=int, help="of every model; default: each its own")
    parser.add_argument("--java-cpu", action="store_true", help="beside a GPU, Java on the CPU as well")
    parser.add_argument("--compile", action="store_true", help="the same as torch-compile in --peers")
    parser.add_argument("--peers", default="torch",
                        help=f"of {', '.join(PEERS_HERE)}; default: %(default)s")
    parser.add_argument("--no-java", "--torch-only", dest="no_java", action="store_true",
                        help="leave Java out")
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.models = [name for name in args.models.split(",") if name]
    unknown = sorted(set(args.models) - set(MODELS))
    if unknown or not args.models:
        parser.error(f"--models: expected some of {', '.join(MODELS)}, received "
                     f"{', '.join(unknown) or 'none'}")
    args.peers = [name for name in args.peers.split(",") if name]
    if args.compile and "torch-compile" not in args.peers:
        args.peers.append("torch-compile")
    if not args.peers or set(args.peers) - set(PEERS_HERE):
        parser.error(f"--peers: expected some of {', '.join(PEERS_HERE)}, received "
                     f"{', '.join(args.peers) or 'none'}")
    if not any(MODELS[name].has(peer) for name in args.models for peer in args.peers):
        parser.error("--peers: JAX has the HyperLSTM only; add a hyperlstm to --models")
    if args.steps < 2 or args.rounds < 1 or (args.batch is not None and args.batch < 1):
        parser.error("--steps must be 2 or more, --rounds and --batch positive")
    return args


def main():
    args = parse()
    if args.device == "cpu":
        bench_rounds.two_cores()
    if args.worker:
        [peer] = args.peers
        timer = time_jax if peer == "jax" else time_torch
        print(json.dumps({"device": device_name(args.device, peer)} if args.worker == "device"
                         else timer(args.worker, args)))
        return
    for peer in args.peers:
        if PEERS[peer].missing():
            refuse(PEERS[peer].missing())
    if not args.no_java and not (ROOT / "hypernet4j").exists():
        refuse(f"{ROOT / 'hypernet4j'}: not found. --no-java leaves Java out.")
    # asked in another process: what this one holds would count as the memory of those it starts
    for peer in args.peers:
        bench_rounds.run(worker("device", args, peer))
    models = {name: compare(name, args) for name in args.models}
    if args.json:
        print(json.dumps({"rounds": args.rounds, "steps": args.steps, "models": models}))
        return
    print(f"{args.rounds} rounds of {args.steps} steps")
    for name, model in models.items():
        devices = ", ".join(f"{who} on {device}" for who, device in model["devices"].items())
        print(f"\n{name}, batch {model['batch']}: {devices}")
        print(bench_rounds.table(model["contestants"]))


if __name__ == "__main__":
    main()
