# SPDX-License-Identifier: Apache-2.0
"""'serve' of Hypernet4J, asked by the clients that are meant for TensorFlow Serving.

HYPERNET4J_MODEL names the version folder of a model, HYPERNET4J_COMMAND is the command line of
Hypernet4J.
"""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")
COMMAND = os.environ.get("HYPERNET4J_COMMAND")
if not MODEL or not COMMAND:
    pytest.skip("HYPERNET4J_MODEL and HYPERNET4J_COMMAND are not set", allow_module_level=True)

import serving_check  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "bench"))
import serving_soak  # noqa: E402

FOLDER = pathlib.Path(MODEL)
MANIFEST = json.loads((FOLDER / "assets.extra" / "manifest.json").read_text("utf-8"))
NAME = MANIFEST["model"]


@pytest.fixture(scope="module")
def server():
    command = [*shlex.split(COMMAND), "serve", str(FOLDER), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())["url"], process
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_every_request_gets_the_answer_that_java_computed(server, capsys):
    assert serving_check.main([server[0], str(FOLDER), "--model", NAME]) == 0
    keys = len(MANIFEST["signatures"])
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"{keys} of {keys} answers as expected, model {NAME}")


def test_clients_at_once(server, capsys):
    url, process = server
    assert serving_soak.main([url, str(FOLDER), "--clients", "4", "--seconds", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == 0 and told["calls"] >= 4
    assert serving_soak.resident_mib(process.pid) > 50


def test_errors_are_in_the_servers_form(server):
    for path, body, status, words in (
            (f"/v1/models/{NAME}:predict", b"{", 400,
             "JSON Parse error: Missing a name for object member. at offset: 1"),
            ("/v1/models/none:predict", b'{"instances": [1]}', 404,
             "Servable not found for request: Latest(none)"),
            ("/v1/models/none", None, 404, "Could not find any versions of model none")):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(server[0] + path, body)
        assert error.value.code == status
        assert json.loads(error.value.read()) == {"error": words}


def test_level_memory_is_told_from_growing():
    assert serving_soak.is_level([100, 300, 400, 410, 400, 405, 410, 400])
    assert not serving_soak.is_level([100 * i for i in range(1, 40)])
