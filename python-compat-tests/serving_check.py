#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends every request file of an exported model to a running TensorFlow Serving and compares.

    python3 serving_check.py http://localhost:8501 export/models/NAME/VERSION
    python3 serving_check.py http://localhost:8501 export/models/NAME/VERSION --grpc localhost:8500

One line a request. Exit code 0: every answer is the expected one. 1: an answer differs, or the
server refused a request. 2: the check could not be made: not an exported model, nobody listens, the
server does not have the model. Needs Python 3.9; for --grpc also the package grpcio.
"""

import argparse
import http.client
import json
import sys
import time
import urllib.error
import urllib.request

import predict_wire
from exported_requests import (
    CannotCheck, ExportedModel, Refused, by_column, flat, nested_lists, shape_of)


class Rest:
    """A server's REST interface, asked for one model."""

    def __init__(self, url, model, timeout):
        version = "" if model.version is None else f"/versions/{model.version}"
        self.model = model
        self.base = url.rstrip("/")
        self.url = f"{self.base}/v1/models/{model.name}{version}"
        self.timeout = timeout

    def exchange(self, url, body=None):
        """(status, JSON)"""
        try:
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                status, data = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, data = error.code, error.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise CannotCheck(
                f"no answer from {self.base}: {reason}. Is the server running, with its REST port"
                " (8501 by custom, --rest_api_port) reachable under this URL?"
            ) from None
        try:
            return status, json.loads(data)
        except ValueError:
            raise CannotCheck(
                f"{url} answers with something else than JSON (HTTP {status}): not TensorFlow Serving"
            ) from None

    def state(self):
        """None where the model is ready, or why it is not."""
        status, told = self.exchange(self.url)
        if not isinstance(told, dict):
            raise CannotCheck(f"{self.url} is not TensorFlow Serving: it answers {told!r:.80}")
        if status != 200:
            return str(told.get("error", f"HTTP {status}"))
        versions = told.get("model_version_status", [])
        if any(one.get("state") == "AVAILABLE" for one in versions):
            return None
        return f"state {[one.get('state') for one in versions]}"

    def ask(self, key):
        body, _, _ = self.model.requests[key]
        status, answer = self.exchange(self.url + ":predict", body)
        if status != 200 or not isinstance(answer, dict):
            error = answer.get("error", answer) if isinstance(answer, dict) else answer
            raise Refused(f"HTTP {status}: {error}")
        tensors = self.model.signatures[key]["outputs"]
        by_row = "predictions" in answer
        return by_column(by_row, answer.get("predictions", answer.get("outputs")), tensors)


class Grpc:
    """A server's gRPC interface, asked for one model."""

    def __init__(self, target, model, timeout):
        try:
            import grpc
        except ImportError:
            raise CannotCheck("--grpc needs the Python package grpcio: pip install grpcio") from None
        self.grpc = grpc
        self.target = target
        self.model = model
        self.timeout = timeout
        self.channel = grpc.insecure_channel(target)
        # bytes in, bytes out
        self.predict = self.channel.unary_unary(predict_wire.METHOD)

    def ask(self, key):
        _, inputs, _ = self.model.requests[key]
        entries = self.model.signatures[key]["inputs"]
        tensors = {
            alias: (entries[alias]["dtype"], shape_of(values), flat(values))
            for alias, values in inputs.items()
        }
        request = predict_wire.predict_request(self.model.name, self.model.version, key, tensors)
        try:
            answer = self.predict(request, timeout=self.timeout)
        except self.grpc.RpcError as error:
            if error.code() in (
                self.grpc.StatusCode.UNAVAILABLE,
                self.grpc.StatusCode.DEADLINE_EXCEEDED,
            ):
                raise CannotCheck(
                    f"no answer by gRPC from {self.target}: {error.details()}. Is the port"
                    " (8500 by custom, --port) reachable under this address?"
                ) from None
            raise Refused(f"{error.code().name}: {error.details()}") from None
        try:
            outputs = predict_wire.predict_response(answer)
        except ValueError as error:
            raise Refused(f"not a PredictResponse: {error}") from None
        for alias, entry in self.model.signatures[key]["outputs"].items():
            if alias not in outputs:
                raise Refused(f"output {alias} is missing, there are {sorted(outputs)}")
            if outputs[alias][0] != entry["dtype"]:
                raise Refused(f"{alias} is {outputs[alias][0]}, expected {entry['dtype']}")
        return {alias: nested_lists(shape, values) for alias, (_, shape, values) in outputs.items()}


def wait_until_ready(rest, seconds):
    """The server may still be loading; nobody listening counts as that, too, while time is left."""
    end = time.monotonic() + seconds
    while True:
        try:
            state = rest.state()
            if state is None:
                return
            problem = CannotCheck(
                f"the server at {rest.base} does not offer {rest.url[len(rest.base):]}: {state}. Is"
                " the model served under this name and version?"
            )
        except CannotCheck as error:
            problem = error
        if time.monotonic() >= end:
            raise problem
        time.sleep(0.2)


def check(protocol, interface, model):
    """Prints a line for each request; the number of those that failed."""
    failed = 0
    for key in model.requests:
        start = time.monotonic()
        try:
            answer = interface.ask(key)
            took = (time.monotonic() - start) * 1000
            apart = model.difference(key, answer)
            print(f"ok      {protocol:4} {key}: largest difference {apart:.2g}, {took:.1f} ms")
        except Refused as error:
            failed += 1
            print(f"FAILED  {protocol:4} {key}: {error}")
    return failed


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="REST address of the server, like http://localhost:8501")
    parser.add_argument("model_dir", help="version folder of the model that it serves")
    parser.add_argument("--grpc", metavar="HOST:PORT", help="ask by gRPC, too (needs grpcio)")
    parser.add_argument("--model", metavar="NAME", help="if served under another name than exported")
    parser.add_argument("--wait", metavar="SECONDS", type=float, default=0,
                        help="how long to wait for a server that is starting (default 0)")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=30,
                        help="how long to wait for an answer (default 30)")
    options = parser.parse_args(arguments)
    try:
        if not options.url.startswith(("http://", "https://")):
            raise CannotCheck(f"{options.url} is not a URL like http://localhost:8501")
        model = ExportedModel(options.model_dir)
        model.name = options.model or model.name
        rest = Rest(options.url, model, options.timeout)
        interfaces = {"REST": rest}
        if options.grpc:
            interfaces["gRPC"] = Grpc(options.grpc, model, options.timeout)
        wait_until_ready(rest, options.wait)
        failed = sum(check(protocol, one, model) for protocol, one in interfaces.items())
    except CannotCheck as error:
        print(f"serving_check: {error}", file=sys.stderr)
        return 2
    total = len(interfaces) * len(model.requests)
    print(f"{total - failed} of {total} answers as expected, model {model.name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
