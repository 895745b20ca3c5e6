# SPDX-License-Identifier: Apache-2.0
"""The parts of gpu_proof.py: what each runs and which figures it keeps, in the order of their worth.

A part is a function of a Context and of the dictionary that it fills with figures; what it has
filled in before it fails, or before its time is up, is kept.
"""

import dataclasses
import importlib.util
import os
import pathlib
import shlex
import shutil
import sys

import gpu_proof_ptb as ptb_training
from gpu_proof_report import placement

HERE = pathlib.Path(__file__).resolve().parent
VERSIONS = """
import importlib, json, platform
found = {"python": platform.python_version()}
for name in ("torch", "jax", "numpy"):
    try:
        found[name] = importlib.import_module(name).__version__
    except ImportError:
        found[name] = None
if found["torch"]:
    import torch
    found["torchCuda"] = torch.version.cuda
print(json.dumps(found))
"""
KEPT = ("medianStepMillis", "minStepMillis", "firstSeconds", "outsideRunPercent", "batchSize",
        "sequenceLength", "device", "peakMib", "data")
NO_XLA = "XLA is not available"
LIBDEVICE = "nvvm/libdevice/libdevice.10.bc"
FETCHED_TOOLKIT = "~/.javacpp/cache/cuda-nvcc/nvidia/cuda_nvcc"  # where the launcher looks, too
OP_BY_OP = "training.xla=off"  # on a GPU whole steps are compiled unless told otherwise
BFLOAT16 = "training.precision=bfloat16"
# What one rounding of every parameter grows to decides what can be compared (docs/gpu.md). An untrained
# HyperLSTM lets it grow with every symbol: with Adam to 1e-5 of the loss in 20 steps of 50 symbols, and
# to 3e-7 in 20 of 10. A WRN on 1 and on 2 threads of a CPU is apart by 3e-3 at step 3 by Adam, and by
# 2e-5 in 8 steps of this SGD.
SHORT_STEPS = "data.sequenceLength=10"
SGD = 'training.optimizer={"type":"sgd","learningRate":0.001}'


class Failed(Exception):
    """The part cannot go on; its figures so far are kept."""


class TimeUp(Failed):
    """A command was ended at its limit."""


class Skipped(Exception):
    """There is nothing here to run the part with."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """What is run on a device: specifications, how many steps, and what makes them smaller."""

    lstm: str
    wrn: str
    torch_lstm: str
    torch_images: str
    compiled_images: str
    steps: int
    many: int
    agree: int
    cpu_steps: int
    mnist_set: tuple = ()
    lstm_set: tuple = ()
    wrn_set: tuple = ()
    agree_wrn_set: tuple = ("training.batchSize=32",)
    ptb_set: tuple = ()
    ptb_evaluate: int = 128
    torch: tuple = ()
    characters: int = 30_000
    first: tuple = ()


SIZES = {
    "gpu": Sizes("bench-hyperlstm-p", "cifar10-wrn-40-2-hyper", "hyperlstm", "mnist,wrn",
                 "wrn", steps=20, many=200, agree=20, cpu_steps=2,
                 torch=("--device", "cuda", "--steps", "10")),
    # the same command lines in two minutes
    "cpu": Sizes("bench-hyperlstm-s", "cifar10-wrn-10-1-hyper", "hyperlstm-small",
                 "mnist,wrn-small", "mnist", steps=3, many=20, agree=3, cpu_steps=2,
                 mnist_set=("training.batchSize=20",),
                 lstm_set=("training.batchSize=2", "data.sequenceLength=5"),
                 wrn_set=("training.batchSize=4",),
                 ptb_set=("model.cell.units=16", "model.cell.hyperUnits=8"), ptb_evaluate=16,
                 torch=("--device", "cpu", "--steps", "2", "--batch", "2"),
                 first=("--threads", "1"))}


def sets(values):
    return [word for value in values for word in ("--set", value)]


def behind(before, words):
    """Options of loss_agreement.py: of the program, then, behind --, of its `train`."""
    return shlex.join([*before, *(["--", *words] if words else [])])  # argparse drops a lone --


def first_line(found):
    return found.said[0] if found.said else "no word on standard error"


def device(context, figures):
    figures.update(context.run([sys.executable, "-c", VERSIONS]).result)
    if context.gpu:
        query = ["nvidia-smi", "--query-gpu=name,compute_cap,driver_version,memory.total",
                 "--format=csv,noheader"]
        smi = context.run(query, may_fail=True)
        figures["nvidiaSmi"] = context.output() if smi.code == 0 else first_line(smi)
        smi = context.run(["nvidia-smi"], may_fail=True)
        words = context.output().replace("|", " ").split("CUDA Version:")
        figures["driverCuda"] = words[1].split()[0] if len(words) > 1 else None
    doctor = context.java("doctor", environment={"TF_CPP_MIN_LOG_LEVEL": "0"}, may_fail=True)
    if not isinstance(doctor.result, dict):
        raise Failed(f"doctor ended with {doctor.code}: {first_line(doctor)}")
    figures.update(doctor.result)
    if context.gpu and figures.get("gpuDevices", "none") == "none":
        problems = [found["problem"] for found in figures.get("problems", [])]
        context.no_gpu = "TensorFlow sees no GPU"
        raise Failed("; ".join(problems) or context.no_gpu)
    if doctor.code:
        raise Failed("; ".join(found["problem"] for found in figures.get("problems", [])))


def agree(spec, *values, text=False, float32=True, tolerance=None, steps=None):
    """Losses beside the CPU's. tolerance: None for information, whatever they are."""

    def part(context, figures):
        size, name, data = context.sizes, spec, []
        if not float32 and not context.gpu:
            raise Skipped("the CPU has no TF32")
        if text and context.args.ptb:
            name = "bench-hyperlstm-s"
            data = ["--data", str(context.short_text())]
        extra = (*values, *(size.agree_wrn_set if name == "cifar10-wrn-10-1-hyper" else ()))
        gpu, words = ["--gpu"] if context.gpu else [], [*data, *sets(extra)]
        command = [
            sys.executable, str(HERE / "loss_agreement.py"), "--launcher", context.args.launcher,
            "--spec", str(context.root / f"graphs/{name}.json"),
            "--steps", str(min(size.agree, steps or size.agree)),
            f"--first={behind([], [*size.first, *words])}", f"--second={behind(gpu, words)}"]
        command += ["--float32"] if float32 else []
        command += ["--tolerance", str(tolerance)] if tolerance else []
        found = context.run(command, environment=context.with_toolkit(), may_fail=True)
        if not isinstance(found.result, dict):
            raise Failed(f"ended with {found.code}: {first_line(found)}")
        figures.update(found.result, spec=name)
        if not tolerance:
            del figures["tolerance"], figures["firstStepBeyond"]
        elif found.code:
            raise Failed(f"differs from step {found.result['firstStepBeyond']} on by more than "
                         f"{found.result['tolerance']:g}")

    return part


def bench(model, *values, traced=False):
    """Times a training step. model: mnist, lstm or wrn."""

    def part(context, figures):
        time_steps(context, figures, model, values, traced=traced)

    return part


def spec_of(context, model):
    size = context.sizes
    return {"mnist": ("mnist-hyper", size.mnist_set), "lstm": (size.lstm, size.lstm_set),
            "wrn": (size.wrn, size.wrn_set)}[model]


def time_steps(context, figures, model, values=(), gpu=True, traced=False, environment=None,
               steps=None, wrap=()):
    """traced: also where each op of one more step ran, and when, in a file of traces/."""
    spec, small = spec_of(context, model)
    steps = steps or (context.sizes.steps if gpu else context.sizes.cpu_steps)
    words = ["bench", str(context.root / f"graphs/{spec}.json"), *sets(small), *sets(values),
             "--steps", str(steps)]
    if traced:
        file = context.trace_file()
        words += ["--placement", "--trace", str(file)]
        environment = context.cupti() | (environment or {})
    found = context.java(*words, gpu=gpu, environment=environment, wrap=wrap).result
    figures.update({key: found[key] for key in KEPT if key in found}, spec=spec)
    if traced:
        figures.update(placement(found["placement"]), trace=str(file.relative_to(context.out)))


def on_cpu(model):
    def part(context, figures):
        if not context.gpu:
            raise Skipped("the device is the CPU")
        time_steps(context, figures, model, gpu=False)

    return part


def peers(models, *names):
    """Steps in PyTorch or JAX. models: a field of Sizes."""

    def part(context, figures):
        package = names[0].split("-")[0]
        if not importlib.util.find_spec(package):
            raise Skipped(f"the Python package {package} is not installed")
        for model in getattr(context.sizes, models).split(","):
            found = context.run([
                sys.executable, str(HERE / "gpu_step.py"), "--no-java", "--json", "--rounds", "1",
                "--models", model, "--peers", ",".join(names), *context.sizes.torch]).result
            for who, row in found["models"][model]["contestants"].items():
                figures.setdefault(model, {})[who] = row | {
                    "batch": found["models"][model]["batch"],
                    "device": found["models"][model]["devices"][who]}

    return part


def xla(model, mode, traced=False):
    """With a CUDA toolkit on a GPU: the first of those found with which XLA works."""

    def part(context, figures):
        tried = []
        for toolkit in context.toolkits():
            try:
                time_steps(context, figures, model, [f"training.xla={mode}"], traced=traced,
                           environment={"CUDA_HOME": toolkit} if toolkit else None)
            except TimeUp:
                raise
            except Failed as e:
                tried.append(f"{toolkit}: {e}")
                continue
            if not context.said(NO_XLA):
                context.toolkit = figures["toolkit"] = toolkit
                return
            tried.append(f"{toolkit}: {NO_XLA}")
            figures.clear()
        raise Failed("; ".join(tried) or "no CUDA toolkit, and no Triton that has its parts")

    return part


def no_toolkit(context, figures):
    """Where no CUDA toolkit is the start is refused; with libdevice alone steps run, op by op."""
    if not context.gpu:
        raise Skipped("only a GPU needs a toolkit")
    empty, alone = context.out / "no-toolkit", context.out / "libdevice-alone"
    empty.mkdir(exist_ok=True)
    library = alone / LIBDEVICE
    for folder in context.toolkits():
        if not library.is_file() and (pathlib.Path(folder) / LIBDEVICE).is_file():
            library.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(pathlib.Path(folder) / LIBDEVICE, library)
    places = ("/usr/local/cuda", "/opt/cuda", os.path.expanduser(FETCHED_TOOLKIT))
    hidden = [place for place in places if os.path.isdir(place)]
    wrap = ()
    if hidden:
        # in a view of the file system of its own, an empty one is mounted over each
        mounts = " && ".join(f"mount -t tmpfs none {shlex.quote(place)}" for place in hidden)
        wrap = ("unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c",
                f'{mounts} && exec "$@"', "sh")
        if not shutil.which("unshare") or context.run([*wrap, "true"], may_fail=True).code:
            wrap = ()  # not allowed here; the environment below may do

    def without(folder):
        return {"CUDA_HOME": str(folder), "CUDA_PATH": str(folder),
                "XLA_FLAGS": f"--xla_gpu_cuda_data_dir={folder}"}

    spec, small = spec_of(context, "mnist")
    started = context.java("bench", str(context.root / f"graphs/{spec}.json"), *sets(small),
                           "--steps", "2", wrap=wrap, environment=without(empty), may_fail=True)
    figures["refused"] = started.code == 2 and context.said("libdevice.10.bc")
    if started.code and not figures["refused"]:
        raise Failed(f"without a toolkit ended with {started.code}: {first_line(started)}")
    if not figures["refused"]:
        figures["note"] = "not refused: a libdevice is elsewhere"
    if library.is_file():
        time_steps(context, figures, "mnist", ["training.xla=step"], wrap=wrap,
                   environment=without(alone))
        figures["warned"] = context.said(NO_XLA)


def calls(context, figures):
    """A small net with one and with ten steps in a call of TensorFlow."""
    for way in ("off", "step"):
        for count in (1, 10):
            found = {}
            time_steps(context, found, "mnist",
                       ["training.batchSize=50", f"training.stepsPerRun={count}",
                        f"training.xla={way}"], steps=context.sizes.many)
            figures[f"{count}-{way}"] = found
        figures[f"faster-{way}"] = (figures[f"1-{way}"]["medianStepMillis"]
                                    / figures[f"10-{way}"]["medianStepMillis"])


def ptb(context, figures):
    """Real training, ended by time; a second start with the same --out goes on with it."""
    if not context.args.ptb:
        raise Skipped("no --ptb DIR")
    room = context.room()
    way, millis = ptb_training.fastest(context.records, room)
    every = context.args.every
    run, values, resumed = ptb_training.plan(context.out, lambda: ptb_training.settings(
        way, millis, every, context.sizes.ptb_evaluate))
    figures.update(way=values[0].split("=")[1], settings=values, resumed=resumed)
    data = context.args.ptb if context.gpu else context.short_text()
    points = context.before.get("figures", {}).get("curve", []) if resumed else []
    figures["curve"] = list(points)
    curve = ptb_training.Curve(run / "metrics.jsonl", figures["curve"], every)

    def watch():
        if curve.look():
            context.save()

    found = context.java(
        "train", str(context.root / "graphs/ptb-ln-hyperlstm.json"), "--data", str(data),
        "--run", str(run), "--no-export", *sets(context.sizes.ptb_set), *sets(values),
        *(["--resume"] if resumed else []), may_fail=True, watch=watch, grace=20,
        limit=max(room - 10, 1))
    curve.add()
    if found.ended == "exit" and found.code:
        raise Failed(f"train ended with {found.code}: {first_line(found)}")
    if isinstance(found.result, dict):
        figures["steps"] = found.result.get("steps")
        figures.update({key: found.result[key] for key in ("validationBpc", "testBpc")
                        if key in found.result})
    if not figures["curve"]:
        raise Failed("no step was logged in the time that was left")


def op_by_op_and_compiled(spec, *small):
    """Steps of a net that is compared with none here, both ways."""

    def part(context, figures):
        found = figures[spec] = {}
        for way in ("off", "step") if context.gpu else ("off",):
            words = ["bench", str(context.root / f"graphs/{spec}.json"), "--set",
                     f"training.xla={way}", *sets(() if context.gpu else small),
                     "--steps", str(context.sizes.steps)]
            row = context.java(*words).result
            found[way] = {key: row[key] for key in KEPT if key in row} | {"batch": row["batchSize"]}

    return part


@dataclasses.dataclass(frozen=True)
class Part:
    name: str
    limit: int  # seconds
    run: object
    what: str
    expected: int = 0  # seconds on an H200 and 16 cores
    least: int = 5  # seconds: a part that has less is not begun


# Expected seconds are those of two runs on 2026-11-28; of translation a guess, which was ended at 60 s.
PARTS = [
    Part("device", 60, device, "versions, driver, matrix product, tanh, convolution", 10),
    Part("agree-mnist", 40, agree("mnist-hyper", OP_BY_OP, tolerance=1e-4),
         "losses beside the CPU's, float32", 5),
    Part("agree-hyperlstm", 40,
         agree("shakespeare-hyperlstm", OP_BY_OP, SHORT_STEPS, text=True, tolerance=1e-5),
         "losses beside the CPU's, float32, 10 symbols a step", 8),
    Part("hyperlstm", 60, bench("lstm", OP_BY_OP, traced=True), "steps; where and when each op ran", 11),
    Part("xla-hyperlstm", 60, xla("lstm", "step", traced=True), "whole steps compiled", 10),
    Part("torch-hyperlstm", 60, peers("torch_lstm", "torch"), "PyTorch, eager", 14),
    Part("jax-hyperlstm", 60, peers("torch_lstm", "jax"), "JAX", 10),
    Part("mnist", 30, bench("mnist", OP_BY_OP, traced=True), "steps; where and when each op ran", 4),
    Part("wrn", 40, bench("wrn", OP_BY_OP, traced=True), "steps; where and when each op ran", 10),
    Part("torch-images", 50, peers("torch_images", "torch"), "MNIST and WRN in PyTorch, eager", 27),
    Part("compile-hyperlstm", 130, peers("torch_lstm", "torch-compile"),
         "PyTorch, torch.compile", 38, least=60),
    Part("xla-mnist", 30, xla("mnist", "step"), "whole steps compiled", 5),
    Part("xla-wrn", 90, xla("wrn", "step"), "whole steps compiled", 21),
    Part("agree-hyperlstm-xla", 60,
         agree("shakespeare-hyperlstm", SHORT_STEPS, text=True, tolerance=1e-5),
         "the same, whole steps compiled on the GPU", 10),
    Part("agree-wrn", 40,
         agree("cifar10-wrn-10-1-hyper", OP_BY_OP, SGD, tolerance=1e-3, steps=5),
         "losses beside the CPU's, float32, 5 steps of plain SGD", 5),
    Part("agree-wrn-xla", 60,
         agree("cifar10-wrn-10-1-hyper", SGD, tolerance=1e-3, steps=5),
         "the same, whole steps compiled on the GPU", 12),
    Part("bf16-xla-hyperlstm", 60, bench("lstm", "training.xla=step", BFLOAT16),
         "bfloat16, whole steps compiled", 9),
    Part("no-toolkit", 30, no_toolkit, "refused without libdevice; with it alone, op by op", 6),
    Part("calls", 60, calls, "MNIST, batch 50: 1 and 10 steps a call", 19),
    Part("bf16-wrn", 60, bench("wrn", OP_BY_OP, BFLOAT16), "bfloat16", 11),
    Part("cpu-mnist", 30, on_cpu("mnist"), "the same on the CPU", 2),
    Part("cpu-wrn", 40, on_cpu("wrn"), "the same on the CPU", 9),
    Part("cpu-hyperlstm", 60, on_cpu("lstm"), "the same on the CPU", 6),
    Part("agree-hyperlstm-users", 60, agree("shakespeare-hyperlstm", text=True, float32=False),
         "as users have it: TF32, whole steps, 50 symbols a step; for information", 18),
    Part("agree-hyperlstm-long", 40, agree("shakespeare-hyperlstm", OP_BY_OP, text=True),
         "float32, op by op, 50 symbols a step; for information", 10),
    Part("xla-cell", 60, xla("lstm", "cell"), "the HyperLSTM's step of time compiled", 10),
    Part("bf16-hyperlstm", 60, bench("lstm", OP_BY_OP, BFLOAT16), "bfloat16", 8),
    Part("translation", 90, op_by_op_and_compiled(
        "multi30k-ln-hyperlstm", "training.batchSize=2", "model.pieces=100", "data.vocabularySize=100",
        "model.cell.units=16", "model.cell.hyperUnits=8", "model.embeddingSize=8"),
         "LN-HyperLSTM with attention, op by op and compiled", 90, least=60),
    Part("strokes", 60, op_by_op_and_compiled(
        "strokes-iam-ln-hyperlstm-900", "training.batchSize=2", "model.cell.units=16",
        "model.cell.hyperUnits=8"), "LN-HyperLSTM of handwriting, op by op and compiled", 26),
    Part("compile-images", 90, peers("compiled_images", "torch-compile"),
         "WRN in PyTorch, torch.compile", 51, least=40),
    Part("ptb", 36_000, ptb, "LN-HyperLSTM on the Penn Treebank in what time is left", 120)]
