# SPDX-License-Identifier: Apache-2.0
"""The bookkeeping of the comparison on a GPU: what is run, that it runs, and what is refused."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import gpu_step
from hyperlstm_parameters import Size
from hyperlstm_peers import PEERS

HERE = pathlib.Path(__file__).resolve().parent


def options(**changed):
    defaults = {"device": "cuda", "steps": 7, "rounds": 1, "batch": None, "java_cpu": False,
                "no_java": False, "peers": ["torch"]}
    return argparse.Namespace(**(defaults | changed))


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, str(folder / "gpu_step.py"), *arguments], capture_output=True, text=True,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""})


@pytest.mark.parametrize("name,model", gpu_step.MODELS.items())
def test_a_model_is_its_specification(name, model):
    spec = json.loads((gpu_step.ROOT / f"graphs/{model.spec}.json").read_text("utf-8"))
    described, training = spec["model"], spec["training"]
    assert training["batchSize"] == model.batch
    if isinstance(model.net, Size):
        cell = described["cell"]
        assert (described["symbols"], spec["data"]["sequenceLength"]) == (
            model.net.inputs, model.net.steps)
        assert (cell["units"], cell["hyperUnits"], cell["embeddingSize"]) == (
            model.net.units, model.net.hyper_units, model.net.embedding)
        return
    assert training["optimizer"]["type"] == ("adam" if model.net.adam else "momentum")
    if name != "mnist":
        assert (described["depth"], described["width"]) == (model.net.depth, model.net.width)
        assert (described["kernels"]["type"] == "plain") == model.net.plain


def test_contestants_and_their_commands():
    found = gpu_step.commands("wrn", options(java_cpu=True, peers=["torch", "torch-compile"]))
    assert list(found) == ["java", "java-cpu", "torch", "torch-compile"]
    assert found["java"][1:3] == ["--gpu", "bench"]
    assert found["java"][3].endswith("graphs/cifar10-wrn-40-2-hyper.json")
    assert found["java"][4:] == ["--set", "training.batchSize=128", "--steps", "7", "--json"]
    assert found["java-cpu"] == [word for word in found["java"] if word != "--gpu"]
    assert found["torch-compile"] == [*found["torch"], "--peers", "torch-compile"]
    assert " ".join(found["torch"]).endswith("--worker wrn --device cuda --steps 7")


def test_jax_has_the_hyperlstm_and_no_image_net():
    found = gpu_step.commands("hyperlstm", options(peers=["torch", "torch-compile", "jax"]))
    assert list(found) == ["java", "torch", "torch-compile", "jax"]
    assert " ".join(found["jax"]).endswith("--worker hyperlstm --device cuda --steps 7 --peers jax")
    assert list(gpu_step.commands("wrn", options(peers=["torch", "jax"]))) == ["java", "torch"]
    done = run(HERE, "--peers", "jax", "--models", "wrn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "JAX has the HyperLSTM only" in done.stderr


def test_without_java_and_on_the_cpu():
    assert list(gpu_step.commands("mnist", options(no_java=True, java_cpu=True))) == ["torch"]
    found = gpu_step.commands("mnist", options(device="cpu", java_cpu=True, batch=8))
    assert list(found) == ["java", "torch"]
    assert "--gpu" not in found["java"] and "training.batchSize=8" in found["java"]
    assert found["torch"][-2:] == ["--batch", "8"]


def test_without_cuda_one_line_and_exit_code_2():
    done = run(HERE)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.strip().splitlines()
    assert (PEERS["torch"].missing() or "finds no CUDA device here") in line


def test_an_unknown_model_is_named():
    done = run(HERE, "--models", "mnist,resnet")
    assert done.returncode == 2
    assert "hyperlstm-small, received resnet" in done.stderr


def test_this_folder_alone_times_pytorch(tmp_path):
    if PEERS["torch"].missing():
        pytest.skip(PEERS["torch"].missing())
    for file in HERE.glob("*.py"):
        shutil.copy(file, tmp_path)
    arguments = ["--device", "cpu", "--batch", "2", "--steps", "2", "--rounds", "1", "--json",
                 "--models", "mnist,wrn-small,hyperlstm-small"]
    refused = run(tmp_path, *arguments)
    assert refused.returncode == 2 and "--no-java leaves Java out" in refused.stderr
    done = run(tmp_path, *arguments, "--torch-only")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert list(result["models"]) == ["mnist", "wrn-small", "hyperlstm-small"]
    for model in result["models"].values():
        assert (model["batch"], model["devices"]) == (2, {"torch": "CPU"})
        assert 0 < model["contestants"]["torch"]["medianStepMillis"] < 60_000


def test_jax_is_timed():
    if PEERS["jax"].missing():
        pytest.skip(PEERS["jax"].missing())
    done = run(HERE, "--device", "cpu", "--batch", "2", "--steps", "2", "--rounds", "1", "--json",
               "--models", "hyperlstm-small", "--peers", "jax", "--no-java")
    assert done.returncode == 0, done.stderr
    model = json.loads(done.stdout)["models"]["hyperlstm-small"]
    assert (model["batch"], model["devices"]) == (2, {"jax": "CPU"})
    assert 0 < model["contestants"]["jax"]["medianStepMillis"] < 60_000
