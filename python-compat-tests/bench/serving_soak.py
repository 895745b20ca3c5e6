#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls a served model from several clients at once and watches times, errors and memory.

    python3 serving_soak.py http://127.0.0.1:8501 export/models/NAME/VERSION --pid PID

The server may be './hypernet4j serve' or TensorFlow Serving. Every client sends the request files of
the model in turn, over a connection that it keeps, and holds every answer against the expected one.
Exit code 0: all answers as expected, and the memory of the process --pid level. 1: not. 2: no server.
"""

import argparse
import http.client
import json
import pathlib
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from exported_requests import CannotCheck, ExportedModel, Refused, by_column  # noqa: E402

# what the JVM and TensorFlow still take when they have been warm for a while
GROWTH = 1.05
SLACK_MIB = 32


class Client(threading.Thread):
    """One caller until a time."""

    def __init__(self, address, model, until):
        super().__init__(daemon=True)
        self.address, self.model, self.until = address, model, until
        self.milliseconds, self.errors = [], []

    def run(self):
        connection = None
        while time.monotonic() < self.until:
            for key in self.model.requests:
                start = time.perf_counter()
                try:
                    if connection is None:
                        connection = http.client.HTTPConnection(*self.address, timeout=60)
                    self.call(connection, key)
                except (OSError, http.client.HTTPException, ValueError, Refused, KeyError) as error:
                    self.errors.append(f"{key}: {error!r}")
                    if connection is not None:
                        connection.close()
                    connection = None
                self.milliseconds.append(1000 * (time.perf_counter() - start))

    def call(self, connection, key):
        body, _, _ = self.model.requests[key]
        connection.request(
            "POST", f"/v1/models/{urllib.parse.quote(self.model.name)}:predict", body,
            {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise Refused(f"HTTP {response.status}: {answer.get('error')}")
        by_row = "predictions" in answer
        tensors = self.model.signatures[key]["outputs"]
        self.model.difference(
            key, by_column(by_row, answer["predictions" if by_row else "outputs"], tensors))


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise CannotCheck(f"the process {pid} has no resident memory")


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def is_level(memory):
    """Whether the largest of the last quarter is about that of the second one."""
    quarter = max(1, len(memory) // 4)
    return max(memory[-quarter:]) <= GROWTH * max(memory[quarter:2 * quarter] or memory) + SLACK_MIB


def soak(options, model):
    url = urllib.parse.urlsplit(options.url)
    address = (url.hostname, url.port or 80)
    try:
        http.client.HTTPConnection(*address, timeout=10).request("GET", "/v1/models")
    except OSError as error:
        raise CannotCheck(f"nobody listens at {options.url}: {error}") from None
    until = time.monotonic() + options.seconds
    clients = [Client(address, model, until) for _ in range(options.clients)]
    for client in clients:
        client.start()
    memory = []
    while any(client.is_alive() for client in clients):
        if options.pid:
            memory.append(resident_mib(options.pid))
        time.sleep(min(1.0, options.seconds / 40))
    times = [each for client in clients for each in client.milliseconds]
    errors = [each for client in clients for each in client.errors]
    result = {
        "clients": options.clients, "seconds": options.seconds, "calls": len(times),
        "callsPerSecond": round(len(times) / options.seconds, 1), "errors": len(errors),
        "p50Ms": round(percentile(times, 0.5), 2), "p99Ms": round(percentile(times, 0.99), 2),
        "longestMs": round(max(times), 2)}
    if memory:
        quarter = max(1, len(memory) // 4)
        result["residentMib"] = {
            "first": round(memory[0]), "secondQuarter": round(max(memory[quarter:2 * quarter] or memory)),
            "lastQuarter": round(max(memory[-quarter:])), "level": is_level(memory)}
    for error in errors[:10]:
        print(f"error: {error}", file=sys.stderr)
    print(json.dumps(result))
    return 1 if errors or (memory and not is_level(memory)) else 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="address of the server, like http://127.0.0.1:8501")
    parser.add_argument("model_dir", help="version folder of the model that it serves")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pid", type=int, help="the server's process, to watch its memory")
    parser.add_argument("--model", metavar="NAME", help="if served under another name than exported")
    options = parser.parse_args(arguments)
    try:
        model = ExportedModel(options.model_dir)
        model.name = options.model or model.name
        return soak(options, model)
    except CannotCheck as error:
        print(f"serving_soak: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
