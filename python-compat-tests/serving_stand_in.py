# SPDX-License-Identifier: Apache-2.0
"""A small stand-in for TensorFlow Serving, to test clients where no server can be had.

It answers from the SavedModel by TensorFlow Serving's REST interface (rows, columns, model status,
metadata, errors with the server's status codes and words) and, where grpcio is installed, by gRPC.
It neither batches nor warms up. Its messages come from protobuf's own runtime, not from predict_wire.
"""

import http.server
import json
import re
import threading
from concurrent import futures

import numpy as np
import tensorflow as tf
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class ServerError(Exception):
    """An error as the server gives it: HTTP status, name of the gRPC status, text."""

    def __init__(self, status, code, text):
        super().__init__(text)
        self.status, self.code = status, code


def invalid(text):
    return ServerError(400, "INVALID_ARGUMENT", text)


class StandIn:
    """One version of one model. A context manager; `url` and `target` say where it listens."""

    def __init__(self, folder, name, version=1, grpc=False, states=("AVAILABLE",)):
        self.model = tf.saved_model.load(str(folder))
        self.name, self.version = name, version
        self.states = list(states)  # what it says of its state, the last one for ever
        self.asked = []  # (interface, signature)
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(lambda: owner.get(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(lambda: owner.post(self.path, body))

            def answer(self, work):
                try:
                    status, told = 200, work()
                except ServerError as error:
                    status, told = error.status, {"error": str(error)}
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.grpc, self.target = grpc_server(self) if grpc else (None, None)

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        if self.grpc:
            self.grpc.start()
        return self

    def __exit__(self, *exception):
        self.http.shutdown()
        self.http.server_close()
        if self.grpc:
            self.grpc.stop(None)

    def get(self, path):
        match = re.fullmatch(r"/v1/models/([^/:]+)(?:/versions/(\d+))?(/metadata)?", path)
        if not match:
            raise invalid(f"Malformed request: GET {path}")
        name, version, metadata = match[1], match[2], match[3]
        if metadata:
            self.find(name, version)
            return {
                "model_spec": {"name": name, "signature_name": "", "version": str(self.version)},
                "metadata": {"signature_def": {"signature_def": {
                    key: {"method_name": "tensorflow/serving/predict"}
                    for key in self.model.signatures}}},
            }
        if name != self.name or version not in (None, str(self.version)):
            asked = f" version {version}" if version else ""
            raise ServerError(404, "NOT_FOUND", f"Could not find any versions of model {name}{asked}")
        state = self.states[0] if len(self.states) == 1 else self.states.pop(0)
        return {"model_version_status": [{
            "version": str(self.version), "state": state,
            "status": {"error_code": "OK", "error_message": ""}}]}

    def find(self, name, version):
        if name != self.name or version not in (None, str(self.version)):
            asked = f"Specific({name}, {version})" if version else f"Latest({name})"
            raise ServerError(404, "NOT_FOUND", f"Servable not found for request: {asked}")

    def post(self, path, body):
        match = re.fullmatch(r"/v1/models/([^/:]+)(?:/versions/(\d+))?:predict", path)
        if not match:
            raise invalid(f"Malformed request: POST {path}")
        self.find(match[1], match[2])
        try:
            request = json.loads(body)
        except ValueError as error:
            raise invalid(f"JSON Parse error: Invalid value. at offset: {error.pos}") from None
        key = request.get("signature_name") or "serving_default"
        self.asked.append(("REST", key))
        if ("instances" in request) == ("inputs" in request):
            raise invalid("Missing 'inputs' or 'instances' key")
        by_row = "instances" in request
        columns = self.columns(by_row, request["instances" if by_row else "inputs"], key)
        outputs = {alias: value.tolist() for alias, value in self.run(key, columns).items()}
        if len(outputs) == 1:
            (values,) = outputs.values()
        elif by_row:
            if len({len(column) for column in outputs.values()}) > 1:
                raise invalid("Tensor name: has inconsistent batch size")
            values = [dict(zip(outputs, row)) for row in zip(*outputs.values())]
        else:
            values = outputs
        return {"predictions" if by_row else "outputs": values}

    def specs(self, key):
        if key not in self.model.signatures:
            raise invalid(f'Serving signature name: "{key}" not found in signature def')
        return self.model.signatures[key].structured_input_signature[1]

    def columns(self, by_row, values, key):
        specs = self.specs(key)
        if len(specs) == 1 and not (by_row and isinstance(values[0], dict)):
            values = values if by_row or not isinstance(values, dict) else values[next(iter(specs))]
            return {next(iter(specs)): values}
        if by_row:
            for item, row in enumerate(values):
                if not isinstance(row, dict) or set(row) != set(specs):
                    raise invalid(
                        f"Failed to process element: {item} of 'instances' list. JSON object:"
                        f" {row} keys must be equal to: {','.join(specs)}")
            return {alias: [row[alias] for row in values] for alias in specs}
        for alias in specs:
            if alias not in values:
                raise invalid(f"Missing named input: {alias} in 'inputs' object.")
        return {alias: values[alias] for alias in specs}

    def run(self, key, columns):
        """alias -> array, of nested lists or arrays by alias."""
        arguments = {}
        for alias, spec in self.specs(key).items():
            if alias not in columns:
                raise invalid(f"input {alias} is missing")
            dtype = spec.dtype.as_numpy_dtype
            value = np.asarray(columns[alias])
            if value.dtype.kind == "f" and np.dtype(dtype).kind != "f":
                raise invalid(f"JSON Value: {columns[alias]} is not of expected type: {spec.dtype}")
            arguments[alias] = tf.constant(value.astype(dtype))
        try:
            outputs = self.model.signatures[key](**arguments)
        except (tf.errors.OpError, ValueError, TypeError) as error:
            raise invalid(str(error)) from None
        return {alias: value.numpy() for alias, value in outputs.items()}


def messages():
    """PredictRequest and PredictResponse, by the field numbers of model.proto and predict.proto."""
    kind = descriptor_pb2.FieldDescriptorProto
    tensor = ".tensorflow.TensorProto"
    file = descriptor_pb2.FileDescriptorProto(
        name="stand_in_predict.proto", package="standin", syntax="proto3",
        dependency=[tf.make_tensor_proto(0).DESCRIPTOR.file.name])

    def field(message, name, number, type_name=None, repeated=False, type=None):
        message.field.add(
            name=name, number=number, type_name=type_name,
            type=type or (kind.TYPE_MESSAGE if type_name else kind.TYPE_STRING),
            label=kind.LABEL_REPEATED if repeated else kind.LABEL_OPTIONAL)

    def tensor_map(message, name, number):
        entry = message.nested_type.add(name=name.capitalize() + "Entry")
        entry.options.map_entry = True
        field(entry, "key", 1)
        field(entry, "value", 2, tensor)
        field(message, name, number, f".standin.{message.name}.{entry.name}", repeated=True)

    version = file.message_type.add(name="Version")
    field(version, "value", 1, type=kind.TYPE_INT64)
    spec = file.message_type.add(name="ModelSpec")
    field(spec, "name", 1)
    field(spec, "version", 2, ".standin.Version")
    field(spec, "signature_name", 3)
    request = file.message_type.add(name="PredictRequest")
    field(request, "model_spec", 1, ".standin.ModelSpec")
    tensor_map(request, "inputs", 2)
    response = file.message_type.add(name="PredictResponse")
    tensor_map(response, "outputs", 1)
    field(response, "model_spec", 2, ".standin.ModelSpec")

    pool = descriptor_pool.Default()  # where TensorFlow's TensorProto is
    found = pool.AddSerializedFile(file.SerializeToString()) or pool.FindFileByName(file.name)
    return [
        message_factory.GetMessageClass(found.message_types_by_name[name])
        for name in ("PredictRequest", "PredictResponse")
    ]


def typed_fields(array):
    """TensorProto as a server fills it by default: values in the typed field, no tensor_content."""
    proto = tf.make_tensor_proto(array)
    if proto.tensor_content:
        name = {"f": "float_val", "i": "int_val", "l": "int64_val", "q": "int64_val",
                "d": "double_val", "?": "bool_val"}[array.dtype.char]
        proto.ClearField("tensor_content")
        getattr(proto, name).extend(array.ravel().tolist())
    return proto


def grpc_server(owner):
    """(server, where it listens)"""
    import grpc

    request_class, response_class = messages()

    def predict(request, context):
        spec = request.model_spec
        try:
            owner.asked.append(("gRPC", spec.signature_name))
            version = str(spec.version.value) if spec.HasField("version") else None
            owner.find(spec.name, version)
            columns = {alias: tf.make_ndarray(tensor) for alias, tensor in request.inputs.items()}
            unknown = set(columns) - set(owner.specs(spec.signature_name))
            if unknown:
                raise invalid(f"input keys that are not in the signature: {sorted(unknown)}")
            response = response_class()
            for alias, value in owner.run(spec.signature_name, columns).items():
                response.outputs[alias].CopyFrom(typed_fields(value))
            return response
        except ServerError as error:
            context.abort(grpc.StatusCode[error.code], str(error))

    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        "tensorflow.serving.PredictionService",
        {"Predict": grpc.unary_unary_rpc_method_handler(
            predict, request_class.FromString, response_class.SerializeToString)}),))
    port = server.add_insecure_port("127.0.0.1:0")
    return server, f"127.0.0.1:{port}"
