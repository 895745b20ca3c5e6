# SPDX-License-Identifier: Apache-2.0
"""gpu_proof.py with what a GPU once printed, and with children that fail, hang and are interrupted."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest

import gpu_proof
import gpu_proof_parts
import gpu_proof_ptb
import gpu_proof_report
import gpu_proof_run
import loss_agreement
from gpu_proof_parts import Part
from gpu_proof_run import Outcome

HERE = pathlib.Path(__file__).resolve().parent
# an NVIDIA H200, driver 580.159.04, on 2026-11-27: the last lines of the commands, losses of both
# sides, and gpu-proof.json of a whole run of 377 s; two runs on 2026-11-28; all shortened
RECORDED = json.loads((HERE / "gpu_proof_recorded.json").read_text("utf-8"))
BENCH = {  # spec, training.xla and whether in bfloat16, to the recorded line
    ("mnist-hyper", "off", False): "bench-mnist", ("mnist-hyper", "step", False): "xla-mnist",
    ("cifar10-wrn-40-2-hyper", "off", False): "bench-wrn",
    ("bench-hyperlstm-p", "off", False): "bench-lstm",
    ("bench-hyperlstm-p", "step", False): "xla-lstm",
    ("bench-hyperlstm-p", "cell", False): "xla-cell-lstm",
    ("bench-hyperlstm-p", "off", True): "bf16-lstm"}
METRICS = (
    '{"kind":"train","step":300,"loss":1.6,"bpc":2.3125}\n'
    '{"kind":"validation","step":250,"loss":1.7,"bpc":2.4375,"best":true}\n'
    '{"kind":"train","step":305,"lo')  # being written


def option(command, name):
    return command[command.index(name) + 1] if name in command else ""


def agreement(command):
    """What loss_agreement.py says of the recorded losses; the tolerance is the command's."""
    text = " ".join(command)
    kind = next((kind for word, kind in (("mnist-hyper", "agree-mnist"), ("wrn", "agree-wrn"),
                                         ("xla=off", "agree-hyperlstm")) if word in text),
                "agree-hyperlstm-xla")
    steps = int(option(command, "--steps"))
    both = [losses[:steps] for losses in RECORDED[kind]]
    tolerance = float(option(command, "--tolerance") or 1e-3)
    largest, beyond = loss_agreement.compare(*both, tolerance)
    return {"steps": steps, "precision": "float32", "largestRelativeDifference": largest,
            "tolerance": tolerance, "firstStepBeyond": beyond, "losses": both}


class Replay:
    """In the place of Runner: answers each command with what was recorded; a command takes 10 s."""

    def __init__(self, logs):
        self.logs, self.now, self.commands, self.environments = logs, 0.0, [], []
        logs.mkdir(parents=True, exist_ok=True)

    def answer(self, command):
        text = " ".join(command)
        if "-c" in command:
            return RECORDED["versions"]
        if command[0] == "nvidia-smi":
            return RECORDED["nvidia-smi-query" if len(command) > 1 else "nvidia-smi"]
        if "doctor" in command:
            return RECORDED["doctor"]
        if "loss_agreement.py" in text:
            return agreement(command)
        if "gpu_step.py" in text:
            peer = option(command, "--peers")
            if peer == "torch" and option(command, "--models") != "hyperlstm":
                return RECORDED["torch-images"]
            return RECORDED.get(f"{peer}-lstm")
        if "bench" in command and "--gpu" in command:
            spec = pathlib.Path(command[command.index("bench") + 1]).stem
            if "--trace" in command:
                pathlib.Path(option(command, "--trace")).write_bytes(b"1234")
            way = next((word.split("=")[1] for word in command if word.startswith("training.xla=")), "")
            key = (spec, way, "training.precision=bfloat16" in command)
            if "training.batchSize=50" not in command and key in BENCH:
                found = dict(RECORDED[BENCH[key]])
                return found | {"placement": found.get("placement", [])}
        return None

    def run(self, command, limit, name, environment=None, watch=None, grace=5):
        self.commands.append(command)
        self.environments.append(environment or {})
        if "train" in command:
            run = pathlib.Path(option(command, "--run"))
            run.mkdir(exist_ok=True)
            (run / "metrics.jsonl").write_text(METRICS)
            watch()
            self.now += limit
            return Outcome(command, "limit", 143, limit, {"stopped": True, "steps": 310}, [])
        if option(command, "--peers") == "torch-compile":  # takes whatever it is given
            self.now += limit
            return Outcome(command, "limit", 143, limit, None, [])
        self.now += min(10, limit)
        if (environment or {}).get("XLA_FLAGS", "").endswith("no-toolkit"):  # as Gpu.java says it
            refusal = "error: --gpu: TensorFlow cannot compile its kernels; expected libdevice.10.bc"
            (self.logs / f"{name}.err").write_text(refusal)
            return Outcome(command, "exit", 2, 10.0, None, [refusal])
        found = self.answer(command)
        (self.logs / f"{name}.out").write_text(found if isinstance(found, str) else "")
        without_ptxas = (environment or {}).get("XLA_FLAGS", "").endswith("libdevice-alone")
        (self.logs / f"{name}.err").write_text(gpu_proof_parts.NO_XLA if without_ptxas else "")
        code = 1 if found is None or isinstance(found, dict) and found.get("firstStepBeyond") else 0
        said = ["error: not recorded"] if found is None else []
        return Outcome(command, "exit", code, 10.0, found, said)


class Memory:
    def take(self):
        return 2779

    def close(self):
        pass


@pytest.fixture
def text(tmp_path):
    folder = tmp_path / "text"
    folder.mkdir()
    for part in gpu_proof_ptb.PARTS:
        (folder / f"ptb.char.{part}.txt").write_text("a b c _ " * 100)
    return folder


@pytest.fixture
def replayed(tmp_path, text, monkeypatch):
    """A function of options: a proof that has run on the recorded GPU."""
    monkeypatch.setattr(gpu_proof, "MemoryWatch", Memory)
    monkeypatch.setattr(gpu_proof_parts.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(gpu_proof.Proof, "toolkits", lambda self: ["/usr/local/cuda"])
    monkeypatch.setattr(gpu_proof_parts.os.path, "isdir", lambda path: False)
    monkeypatch.setattr(gpu_proof_parts, "LIBDEVICE", "no-such-file")

    def run(*options):
        args = gpu_proof.parse(["--out", str(tmp_path / "out"), "--ptb", str(text),
                                "--launcher", "bash run.sh hypernet4j", *options])
        replay = Replay(tmp_path / "out/logs")
        proof = gpu_proof.Proof(args, gpu_proof_run.Stop(), clock=lambda: replay.now)
        proof.runner = replay
        proof.good = proof.run_all()
        return proof

    return run


def results(proof):
    return json.loads((proof.out / "gpu-proof.json").read_text("utf-8"))


def test_the_table_of_a_recorded_gpu_to_the_letter(replayed, capsys):
    proof = replayed("--seconds", "700")
    assert not proof.good  # a part failed
    shown = (proof.out / "gpu-proof.md").read_text("utf-8")
    shown = re.sub(r"^\d{4}-\S+,", "WHEN,", shown, flags=re.M)
    assert shown == (HERE / "gpu_proof_recorded.md").read_text("utf-8")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(gpu_proof.PARTS) + 1
    assert lines[4] == (
        "xla-hyperlstm         ok            10.0 s  32.9 ms a step (30.39/s), first 11.5 s, "
        "toolkit /usr/local/cuda")


def test_figures_of_a_recorded_gpu(replayed):
    parts = results(replayed("--seconds", "700"))["parts"]
    lstm = parts["hyperlstm"]["figures"]
    # Set 3004, Get 2700, Reserve 9, Stack 5, FromTensor 3: see the recorded line
    assert sum(lstm["lists"]["GPU:0"].values()) == 3004 + 2700 + 9 + 5 + 3
    assert list(lstm["lists"]) == ["GPU:0"]
    assert lstm["onHost"] == {"_Arg": 4, "_Retval": 3, "NoOp": 1}
    assert lstm["fellBackToHost"] == {}
    assert lstm["devices"]["GPU:0/stream:all"]["ops"] == 21352
    assert lstm["trace"] == "traces/hyperlstm.json.gz"
    assert parts["device"]["figures"]["driverCuda"] == "13.0"
    assert parts["device"]["gpuPeakMib"] == 2779
    speeds = gpu_proof_report.steps_per_second(parts)["hyperlstm"]
    assert speeds["PyTorch"] == pytest.approx(1 / 0.29069, rel=1e-4)
    assert speeds["Java, XLA step"] == pytest.approx(1 / 0.032903, rel=1e-4)
    assert parts["compile-hyperlstm"]["status"] == "timeout"
    assert parts["compile-hyperlstm"]["seconds"] == 130


def test_losses_beyond_the_tolerance_fail_and_those_for_information_do_not(replayed):
    parts = results(replayed("--seconds", "700"))["parts"]
    # recorded with 50 symbols a step: 3.9286513 and 3.9286609 at step 2 are 2.4e-6 apart, and
    # 3.7993031 and 3.7995498 at step 3 are 6.5e-5
    assert parts["agree-hyperlstm"]["status"] == "failed"
    assert "from step 3 on by more than 1e-05" in parts["agree-hyperlstm"]["reason"]
    assert len(parts["agree-hyperlstm"]["figures"]["losses"][1]) == 20
    long = parts["agree-hyperlstm-long"]
    assert long["status"] == "ok" and "tolerance" not in long["figures"]
    assert long["figures"]["largestRelativeDifference"] == pytest.approx(
        (3.2078900 - 3.2065821) / 3.2078900, rel=1e-3)
    assert parts["agree-wrn"]["status"] == "ok" and parts["agree-wrn"]["figures"]["steps"] == 5


def test_a_run_of_377_seconds_on_a_gpu_as_it_was():
    shown = gpu_proof_report.markdown(RECORDED["results"])
    for row in ("| HyperLSTM | Java | 225.3 | 4.439 |  |",
                "| HyperLSTM | Java, XLA step | 32.9 | 30.39 |  |",
                "| HyperLSTM | PyTorch | 290.7 | 3.44 | 8.83 |",  # 290.690 / 32.903
                "| HyperLSTM | JAX | 42.57 | 23.49 | 1.29 |",  # 42.567 / 32.903
                "| 81.4 | 1565 | 1.921 | 1.586 | 1216 |"):
        assert row in shown
    assert "| compile-hyperlstm | timeout | 8.3 | 4 | ended at its limit after 8 s |" in shown
    assert "agree-hyperlstm-sgd | failed | 40.1 | 725 | differs from step 10 on" in shown


def test_a_run_of_341_seconds_on_a_gpu_as_it_was():
    shown = gpu_proof_report.markdown(RECORDED["results-2026-11-28"])
    for row in ("| HyperLSTM | PyTorch, compiled | 102.7 | 9.738 | 3.21 |",  # 102.687 / 32.039
                "| HyperLSTM | PyTorch | 169.7 | 5.893 | 5.30 |",  # 169.703 / 32.039
                "| HyperLSTM | JAX | 42.7 | 23.42 | 1.33 |",  # 42.696 / 32.039
                "| WRN | PyTorch | 14.49 | 69.01 | 1.17 |",  # 14.490 / 12.390
                "| WRN | PyTorch, compiled | 12.99 | 77.01 | 1.05 |",  # 12.985 / 12.390
                "| MNIST | PyTorch | 2.571 | 388.9 | 0.85 |"):  # 2.571 / 3.022
        assert row in shown
    assert "10 a call 0.871 ms a step (1148/s): 1.76 times" in shown  # 1.534 / 0.871
    # what led to the refusal where no libdevice is
    assert "| no-toolkit | failed | 2.3 |" in shown and "libdevice not found" in shown


def test_the_parts_that_were_mended_as_they_were():
    shown = gpu_proof_report.markdown(RECORDED["results-2026-11-28-b"])
    for row in ("| agree-wrn-xla | ok | 12.1 | 1391 | largest difference 5.8e-06 in 5 steps",
                "refused without libdevice, 3.321 ms a step (301.1/s), first 2.64 s, warned, op by op",
                "off 241.8 ms a step (4.136/s), strokes-iam-ln-hyperlstm-900 step 34.25 ms a step",
                "| 136.4 | 3075 | 1.672 | 1.452 | 3075 |"):
        assert row in shown


def test_libdevice_alone_lets_steps_run_op_by_op(replayed, monkeypatch, tmp_path):
    monkeypatch.setattr(gpu_proof_parts, "LIBDEVICE", "libdevice.10.bc")
    monkeypatch.setattr(gpu_proof.Proof, "toolkits", lambda self: [str(tmp_path)])
    (tmp_path / "libdevice.10.bc").write_text("BC")
    proof = replayed("--only", "no-toolkit")
    figures = results(proof)["parts"]["no-toolkit"]["figures"]
    assert (figures["refused"], figures["warned"]) == (True, True)
    assert (proof.out / "libdevice-alone/libdevice.10.bc").read_text() == "BC"
    assert "refused without libdevice, 2.964 ms a step (337.4/s), first 3.95 s, warned, op by op" in (
        proof.out / "gpu-proof.md").read_text("utf-8")


def test_every_start_on_the_gpu_is_told_of_the_toolkit(replayed):
    runs = replayed("--seconds", "700").runner
    on_gpu = [environment for command, environment in zip(runs.commands, runs.environments)
              if "--gpu" in command or "--second=--gpu" in " ".join(command)]
    assert len(on_gpu) > 20
    assert all("CUDA_HOME" in environment for environment in on_gpu)


def test_budgets_hold_what_the_documentation_says():
    """600 s all; 480 s 120 s of training and the first six rows, torch.compile at its limit."""
    parts = {part.name: part for part in gpu_proof.PARTS}
    assert parts["ptb"].expected == gpu_proof.parse(["--device", "gpu"]).reserve == 120
    first = gpu_proof.PARTS[:1 + list(parts).index("no-toolkit")]
    most = parts["compile-hyperlstm"].limit - parts["compile-hyperlstm"].expected
    assert sum(part.expected for part in first) + most <= 480 - 120
    assert sum(part.expected for part in gpu_proof.PARTS) <= 600
    assert parts["compile-hyperlstm"].limit == 130
    assert all(part.expected <= part.limit and part.least <= part.limit for part in gpu_proof.PARTS)


def test_a_part_that_needs_more_than_is_left_is_not_begun(replayed):
    # 14 commands of 10 s, four of them of the first part: 140 s before torch.compile, which needs 60
    parts = results(replayed("--seconds", "210", "--reserve", "20"))["parts"]
    compiled = parts["compile-hyperlstm"]
    assert (compiled["status"], compiled["reason"]) == ("skipped", "50 s left, it needs 60")
    assert parts["xla-mnist"]["status"] == "ok"  # a shorter one still is


def test_an_op_that_fell_back_is_named():
    found = gpu_proof_report.placement([
        {"device": "CPU:0", "ops": 3, "millis": 1.0, "kinds": [
            {"type": "TensorListStack", "ops": 2, "millis": 1}, {"type": "_Arg", "ops": 1, "millis": 0}]},
        {"device": "GPU:0", "ops": 1, "millis": 1.0, "kinds": []}])
    assert found["fellBackToHost"] == {"TensorListStack": 2}
    assert gpu_proof_report.placed(found) == [
        "2 list ops on CPU:0", "fell back to the host: TensorListStack 2"]


def test_ptb_takes_the_way_with_most_steps():
    def record(millis, first, status="ok"):
        return {"status": status, "figures": {"medianStepMillis": millis, "firstSeconds": first}}

    measured = {"hyperlstm": record(200, 4), "xla-hyperlstm": record(32, 8),
                "xla-cell": record(120, 5), "bf16-hyperlstm": record(10, 4)}
    # in 100 s: 480 steps op by op, 2875 compiled, 792 by cells; bfloat16 is no candidate
    assert gpu_proof_ptb.fastest(measured, 100) == ("step", 32)
    # in 9 s: 25, 31 and 33
    assert gpu_proof_ptb.fastest(measured, 9) == ("cell", 120)
    measured["xla-hyperlstm"] = record(32, 8, "failed")
    assert gpu_proof_ptb.fastest(measured, 100) == ("cell", 120)
    assert gpu_proof_ptb.fastest({}, 100) == ("off", None)


def test_ptb_evaluates_about_every_so_many_seconds():
    assert 'training.evaluateEvery={"steps":625}' in gpu_proof_ptb.settings("step", 32, 20, 128)


def test_a_recorded_gpu_trains_on_the_fastest_way(replayed):
    proof = replayed("--seconds", "700")
    train = next(command for command in proof.runner.commands if "train" in command)
    assert train[:4] == ["bash", "run.sh", "hypernet4j", "--gpu"]
    assert "training.xla=step" in train and "--resume" not in train
    found = results(proof)["parts"]["ptb"]
    assert (found["status"], found["figures"]["way"]) == ("ok", "step")
    assert found["figures"]["curve"] == [{
        "seconds": 0.0, "step": 300, "bpc": 2.3125, "validationStep": 250,
        "validationBpc": 2.4375}]


def test_an_exhausted_budget_keeps_the_first_parts_and_the_reserve(replayed):
    parts = results(replayed("--seconds", "150", "--reserve", "90"))["parts"]
    status = {name: record["status"] for name, record in parts.items()}
    assert (status["device"], status["agree-mnist"]) == ("ok", "ok")
    assert status["hyperlstm"] == "skipped" and parts["hyperlstm"]["reason"] == "no time left"
    assert status["ptb"] == "ok" and parts["ptb"]["seconds"] >= 79


def test_without_a_gpu_the_rest_is_skipped(replayed, monkeypatch):
    monkeypatch.setitem(RECORDED, "doctor", RECORDED["doctor"] | {
        "gpuDevices": "none", "problems": [{"problem": "there is no NVIDIA driver"}]})
    proof = replayed()
    parts = results(proof)["parts"]
    assert (parts["device"]["status"], parts["device"]["reason"]) == (
        "failed", "there is no NVIDIA driver")
    assert {parts[name]["reason"] for name in parts if name != "device"} == {
        "TensorFlow sees no GPU"}


# real processes

LAUNCHER = """
import json, pathlib, signal, subprocess, sys, time
words, out = sys.argv[2:], pathlib.Path(sys.argv[1])
if "doctor" in words:
    print(json.dumps({"java": "17", "tensorflow": "2.18.0", "matmulMillis": 30.0}))
elif "bench" in words:
    if (out / "hang").exists():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (out / "child").write_text(str(child.pid))
        time.sleep(60)
    if "--trace" in words:
        pathlib.Path(words[words.index("--trace") + 1]).write_text("")
    print(json.dumps({"medianStepMillis": 20.0, "firstSeconds": 1.0, "batchSize": 2,
                      "placement": [{"device": "CPU:0", "ops": 0, "millis": 0, "kinds": []}]}))
elif "graphs/ptb" in " ".join(words):
    run = pathlib.Path(words[words.index("--run") + 1])
    (run / "checkpoints").mkdir(parents=True, exist_ok=True)
    def stop(*_):
        (run / "checkpoints/step-7.ckpt").write_text("")
        print(json.dumps({"stopped": True, "steps": 7}))
        sys.exit(143)
    signal.signal(signal.SIGTERM, stop)
    with open(run / "metrics.jsonl", "a") as f:
        step = 14 if "--resume" in words else 7
        print(json.dumps({"kind": "train", "step": step, "loss": 1, "bpc": 3.5}), file=f)
    time.sleep(60)
else:
    print("error: no such thing", file=sys.stderr)
    sys.exit(2)
"""
RUN = ("device", "agree-mnist", "hyperlstm", "xla-hyperlstm", "no-toolkit", "ptb")
OTHERS = ",".join(part.name for part in gpu_proof.PARTS if part.name not in RUN)


@pytest.fixture
def command(tmp_path, text):
    (tmp_path / "launcher.py").write_text(LAUNCHER)
    launcher = f"{sys.executable} {tmp_path / 'launcher.py'} {tmp_path}"
    return [sys.executable, str(HERE / "gpu_proof.py"), "--device", "cpu", "--launcher", launcher,
            "--out", str(tmp_path / "out"), "--every", "0.1", "--ptb", str(text),
            "--ptb-seconds", "12.5", "--skip", OTHERS]


def read(tmp_path):
    return json.loads((tmp_path / "out/gpu-proof.json").read_text("utf-8"))["parts"]


def wait_for(condition, what):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # one that has ended and that nobody has waited for yet
    status = pathlib.Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_failure_and_a_skipped_part_end_nothing_and_ptb_goes_on(command, tmp_path):
    done = subprocess.run(command, capture_output=True, text=True)
    parts = read(tmp_path)
    assert done.returncode == 1, done.stderr
    assert parts["agree-mnist"]["status"] == "failed"
    assert "error: no such thing" in parts["agree-mnist"]["reason"]
    skipped = parts["no-toolkit"]
    assert (skipped["status"], skipped["reason"]) == ("skipped", "only a GPU needs a toolkit")
    assert parts["hyperlstm"]["figures"]["medianStepMillis"] == 20
    assert parts["ptb"]["status"] == "ok"
    assert [point["step"] for point in parts["ptb"]["figures"]["curve"]] == [7]
    again = subprocess.run(command, capture_output=True, text=True)
    kept = [line.split()[0] for line in again.stdout.splitlines() if "kept" in line]
    assert kept == ["device", "hyperlstm", "xla-hyperlstm"]
    ptb = read(tmp_path)["ptb"]["figures"]
    assert ptb["resumed"] and ptb["steps"] == 7
    assert [point["step"] for point in ptb["curve"]] == [7, 14]
    assert ptb["curve"][1]["seconds"] >= ptb["curve"][0]["seconds"]
    refused = subprocess.run([*command, "--device", "gpu"], capture_output=True, text=True)
    assert refused.returncode == 1 and "has a proof with --device cpu" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_loses_nothing(command, tmp_path, number):
    (tmp_path / "hang").touch()
    proof = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    wait_for((tmp_path / "child").exists, "the hanging part began")
    time.sleep(0.2)
    assert read(tmp_path)["hyperlstm"]["status"] == "running"  # on disk before the part begins
    proof.send_signal(number)
    shown, _ = proof.communicate(timeout=30)
    assert proof.returncode == 128 + number
    parts = read(tmp_path)
    assert (parts["device"]["status"], parts["hyperlstm"]["status"]) == ("ok", "interrupted")
    assert "| hyperlstm | interrupted |" in (tmp_path / "out/gpu-proof.md").read_text("utf-8")
    assert "hyperlstm             interrupted" in shown
    assert not alive(int((tmp_path / "child").read_text()))


def test_a_hanging_part_and_an_exception_end_at_their_limit(tmp_path):
    code = ("import pathlib, signal, subprocess, sys, time\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"  # only SIGKILL helps
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
            f"pathlib.Path({str(tmp_path / 'child')!r}).write_text(str(child.pid))\n"
            "time.sleep(60)")

    def hang(context, figures):
        figures["before"] = 1
        context.run([sys.executable, "-c", code], grace=0.5)

    def broken(context, figures):
        raise KeyError("medianStepMillis")

    def good(context, figures):
        figures["said"] = context.run([sys.executable, "-c", "print('{\"a\": 1}')"]).result

    parts = [Part("hang", 2, hang, ""), Part("broken", 9, broken, ""), Part("good", 9, good, "")]
    args = gpu_proof.parse(["--device", "cpu", "--out", str(tmp_path / "out")])
    proof = gpu_proof.Proof(args, gpu_proof_run.Stop(), parts)
    begun = time.monotonic()
    assert not proof.run_all()
    assert time.monotonic() - begun < 20
    found = read(tmp_path)
    assert (found["hang"]["status"], found["hang"]["figures"]) == ("timeout", {"before": 1})
    assert "KeyError: 'medianStepMillis'" in found["broken"]["reason"]
    assert found["good"]["figures"] == {"said": {"a": 1}}
    assert not alive(int((tmp_path / "child").read_text()))


def test_wrong_options_are_one_line():
    for options, word in ((["--only", "hyperlsm"], "no part hyperlsm"),
                          (["--seconds", "0"], "must be positive"),
                          (["--ptb", "/nowhere"], "ptb.char.train.txt")):
        done = subprocess.run([sys.executable, str(HERE / "gpu_proof.py"), *options],
                              capture_output=True, text=True)
        assert done.returncode == 2 and word in done.stderr


def test_numbers_are_read_without_an_exponent():
    shown = [gpu_proof_report.number(value) for value in (
        1234.56, 41.268, 0.0215, 7.5e-8, 3, 100.0, 0.0, float("nan"))]
    assert shown == ["1235", "41.27", "0.0215", "7.5e-08", "3", "100", "0", "nan"]
