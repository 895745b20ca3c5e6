# SPDX-License-Identifier: Apache-2.0
"""serving_check.py against a stand-in that answers from the SavedModel.

HYPERNET4J_MODEL names a version folder (the one that holds saved_model.pb).
"""

import json
import os
import pathlib
import shutil
import socket
import struct
import urllib.error
import urllib.request

import numpy as np
import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")
if not MODEL:
    pytest.skip("HYPERNET4J_MODEL is not set to a version folder", allow_module_level=True)

tf = pytest.importorskip("tensorflow")
grpc = pytest.importorskip("grpc")

from google.protobuf import unknown_fields  # noqa: E402
from tensorflow.core.framework import types_pb2  # noqa: E402

import predict_wire  # noqa: E402
import serving_check  # noqa: E402
from serving_stand_in import StandIn, messages, typed_fields  # noqa: E402

FOLDER = pathlib.Path(MODEL)
MANIFEST = json.loads((FOLDER / "assets.extra" / "manifest.json").read_text("utf-8"))
NAME = MANIFEST["model"]


@pytest.fixture(scope="module")
def server():
    with StandIn(FOLDER, NAME, grpc=True) as running:
        yield running


def test_every_request_gets_its_answer_by_rest_and_grpc(server, capsys):
    del server.asked[:]
    assert serving_check.main([server.url + "/", str(FOLDER), "--grpc", server.target]) == 0
    lines = capsys.readouterr().out.splitlines()
    keys = list(MANIFEST["signatures"])
    assert server.asked == [(kind, key) for kind in ("REST", "gRPC") for key in keys]
    assert [line.split()[:3] for line in lines[:-1]] == [
        ["ok", kind, key + ":"] for kind, key in server.asked]
    assert lines[-1] == f"{2 * len(keys)} of {2 * len(keys)} answers as expected, model {NAME}"


def test_wrong_answers_are_named(capsys):
    with StandIn(FOLDER, NAME, grpc=True) as wrong:
        for variable in wrong.model.variables:
            variable.assign_add(tf.fill(variable.shape, 0.01))
        assert serving_check.main([wrong.url, str(FOLDER), "--grpc", wrong.target]) == 1
    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAILED")]
    for kind in ("REST", "gRPC"):
        (line,) = [line for line in failed if f"{kind:4} serving_default:" in line]
        assert ", expected " in line and "apart" in line and "[0, 0" in line


def test_a_request_that_the_server_refuses_is_a_failure(server, tmp_path, capsys):
    copy = copied(tmp_path)
    manifest = json.loads((copy / "assets.extra" / "manifest.json").read_text("utf-8"))
    manifest["signatures"]["renamed"] = manifest["signatures"]["serving_default"]
    (copy / "assets.extra" / "manifest.json").write_text(json.dumps(manifest))
    requests = copy / "assets.extra" / "requests"
    request = json.loads((requests / "serving_default.json").read_text())
    (requests / "renamed.json").write_text(json.dumps(dict(request, signature_name="renamed")))
    shutil.copy(requests / "serving_default.expected.json", requests / "renamed.expected.json")
    assert serving_check.main([server.url, str(copy), "--grpc", server.target]) == 1
    out = capsys.readouterr().out
    refused = 'Serving signature name: "renamed" not found in signature def'
    assert f"FAILED  REST renamed: HTTP 400: {refused}" in out
    assert f"FAILED  gRPC renamed: INVALID_ARGUMENT: {refused}" in out


def test_a_model_that_the_server_does_not_have(server, capsys):
    assert serving_check.main([server.url, str(FOLDER), "--model", "other"]) == 2
    message = capsys.readouterr().err
    assert f"{server.url} does not offer /v1/models/other" in message
    assert "Could not find any versions of model other" in message


def test_nobody_listens(server, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody else gets the port, and nobody listens
        dead = f"127.0.0.1:{free.getsockname()[1]}"
        assert serving_check.main([f"http://{dead}", str(FOLDER)]) == 2
        assert f"no answer from http://{dead}" in capsys.readouterr().err
        assert serving_check.main([server.url, str(FOLDER), "--grpc", dead]) == 2
        assert f"no answer by gRPC from {dead}" in capsys.readouterr().err


def test_a_server_that_is_still_loading_is_waited_for(capsys):
    with StandIn(FOLDER, NAME, states=["START", "LOADING", "AVAILABLE"]) as starting:
        assert serving_check.main([starting.url, str(FOLDER)]) == 2
        assert "state ['START']" in capsys.readouterr().err
        assert serving_check.main([starting.url, str(FOLDER), "--wait", "30"]) == 0


@pytest.mark.parametrize("spoil, message", [
    (lambda extra: shutil.rmtree(extra), "is not an exported model"),
    (lambda extra: (extra / "manifest.json").write_text("{"), "manifest.json is not JSON"),
    (lambda extra: (extra / "manifest.json").write_text("{}"), "is not that of a model"),
    (lambda extra: (extra / "requests" / "serving_default.json").unlink(), "cannot be read"),
    (lambda extra: (extra / "requests" / "serving_default.json").write_text("{}"),
     "do not fit the manifest"),
])
def test_a_folder_that_is_no_model_is_named(tmp_path, capsys, spoil, message):
    copy = copied(tmp_path)
    spoil(copy / "assets.extra")
    assert serving_check.main(["http://127.0.0.1:1", str(copy)]) == 2
    assert message in capsys.readouterr().err


def test_a_url_without_a_scheme_is_named(capsys):
    assert serving_check.main(["localhost:8501", str(FOLDER)]) == 2
    assert "localhost:8501 is not a URL like http://localhost:8501" in capsys.readouterr().err


def copied(folder):
    shutil.copytree(FOLDER, folder / "1")
    return folder / "1"


def test_the_stand_in_refuses_what_a_server_refuses(server):
    def post(path, body):
        try:
            with urllib.request.urlopen(server.url + path, body.encode()) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    predict = f"/v1/models/{NAME}:predict"
    assert post("/v1/models/none:predict", "{}") == (
        404, {"error": "Servable not found for request: Latest(none)"})
    assert post(f"/v1/models/{NAME}/versions/7:predict", "{}") == (
        404, {"error": f"Servable not found for request: Specific({NAME}, 7)"})
    assert post(predict, "{}") == (400, {"error": "Missing 'inputs' or 'instances' key"})
    status, told = post(predict, '{"instances": [')
    assert status == 400 and told["error"].startswith("JSON Parse error")
    assert post("/v1/other", "{}") == (400, {"error": "Malformed request: POST /v1/other"})


# the wire form by hand against protobuf's own runtime


def test_a_request_is_what_protobuf_reads():
    request_class, _ = messages()
    data = predict_wire.predict_request("m", 300, "step", {
        "ids": ("DT_INT32", [2, 2], [1, -2, 3, 70000]),
        "seed": ("DT_INT64", [1], [-(2**40)]),
        "x": ("DT_FLOAT", [3], [0.5, -1e-30, float("inf")]),
        "none": ("DT_FLOAT", [0, 4], []),
    })
    request = request_class.FromString(data)
    assert len(unknown_fields.UnknownFieldSet(request)) == 0
    assert request.model_spec.name == "m" and request.model_spec.signature_name == "step"
    assert request.model_spec.version.value == 300
    arrays = {alias: tf.make_ndarray(tensor) for alias, tensor in request.inputs.items()}
    np.testing.assert_array_equal(arrays["ids"], np.array([[1, -2], [3, 70000]], np.int32))
    np.testing.assert_array_equal(arrays["seed"], np.array([-(2**40)], np.int64))
    np.testing.assert_array_equal(arrays["x"], np.array([0.5, -1e-30, np.inf], np.float32))
    assert arrays["none"].shape == (0, 4)
    newest = request_class.FromString(predict_wire.predict_request("m", None, "step", {}))
    assert not newest.model_spec.HasField("version")


@pytest.mark.parametrize("content", [True, False])
@pytest.mark.parametrize("array", [
    np.array([[0.25, -3e8]], np.float32), np.array([1e300, -0.1]), np.array([[[-5], [7]]], np.int32),
    np.array([2**50, -1], np.int64), np.array([True, False, True]), np.zeros([3, 0], np.float32),
])
def test_a_tensor_is_read_as_protobuf_wrote_it(array, content):
    proto = typed_fields(array)
    if content:
        proto = type(proto)(
            dtype=proto.dtype, tensor_shape=proto.tensor_shape, tensor_content=array.tobytes())
    dtype, shape, values = predict_wire.read_tensor(proto.SerializeToString())
    assert (dtype, shape) == (types_pb2.DataType.Name(proto.dtype), list(array.shape))
    np.testing.assert_array_equal(np.array(values, array.dtype), array.ravel())


def test_the_last_value_of_a_tensor_stands_for_the_rest():
    proto = tf.make_tensor_proto(np.zeros(1, np.float32))
    proto.tensor_shape.dim[0].size = 4
    del proto.float_val[:]
    proto.ClearField("tensor_content")
    proto.float_val.extend([3, 2])
    assert predict_wire.read_tensor(proto.SerializeToString()) == ("DT_FLOAT", [4], [3, 2, 2, 2])


@pytest.mark.parametrize("data", [
    b"\x08", b"\x0a\x05\x01", b"\x08\x63", b"\x0b", b"\x80" * 11,
    b"\x08\x01\x12\x04\x12\x02\x08\x03" + b"\x22\x04" + struct.pack("<f", 1),
])
def test_damaged_messages_are_refused(data):
    with pytest.raises(ValueError):
        predict_wire.read_tensor(data)
