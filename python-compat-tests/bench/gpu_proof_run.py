# SPDX-License-Identifier: Apache-2.0
"""Child processes of gpu_proof.py: each in a group of its own, under a limit, its output in files."""

import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time

TAIL = 8 * 2**20  # bytes of an output file that are looked at
TICK = 0.1  # seconds between two looks at a child
REPORTS = ("error:", "warning:", "WARNING: XLA")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a command ended: `ended` is exit, limit (its time was up) or stop (ours was)."""

    command: list
    ended: str
    code: int
    seconds: float
    result: object
    said: list


class Stop:
    """SIGINT and SIGTERM ask for an end: the child is ended, the results are written."""

    def __init__(self):
        self.signal = None

    def listen(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number, _frame):
        self.signal = number


class Runner:
    """Starts commands in a folder; logs/NAME.out and NAME.err have what they print."""

    def __init__(self, logs, folder, stop):
        self.logs, self.folder, self.stop = pathlib.Path(logs), folder, stop
        self.logs.mkdir(parents=True, exist_ok=True)

    def run(self, command, limit, name, environment=None, watch=None, grace=5):
        """The outcome of a command that has `limit` seconds, and `grace` more after SIGTERM.

        watch: called at every look at the child.
        """
        files = [self.logs / f"{name}.{kind}" for kind in ("out", "err")]
        begun = time.monotonic()
        ended = "exit"
        with open(files[0], "wb") as out, open(files[1], "wb") as err:
            try:
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=self.folder,
                    env=os.environ | (environment or {}), start_new_session=True)
            except OSError as e:
                return Outcome(command, "exit", 127, 0.0, None, [f"error: {command[0]}: {e}"])
            try:
                while child.poll() is None:
                    if self.stop.signal or time.monotonic() - begun > limit:
                        ended = "stop" if self.stop.signal else "limit"
                        break
                    if watch:
                        watch()
                    time.sleep(TICK)
            finally:
                end_group(child, grace)
        return Outcome(command, ended, child.returncode, time.monotonic() - begun,
                       last_json(files[0]), reports(files[1]))


def end_group(child, grace):
    """SIGTERM to the group of a child that still runs, SIGKILL to whatever is left of it."""
    if child.poll() is None:
        signal_group(child, signal.SIGTERM)
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            pass
    signal_group(child, signal.SIGKILL)  # also what a child left behind when it ended by itself
    child.wait()


def signal_group(child, number):
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):  # macOS answers the second for an ended group
        pass


def tail(file):
    with open(file, "rb") as f:
        f.seek(max(0, f.seek(0, os.SEEK_END) - TAIL))
        return f.read().decode(errors="replace").strip().splitlines()


def last_json(file):
    """The JSON of the last line, or None."""
    lines = tail(file)
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        return None


def reports(file):
    """The lines that say what went wrong: errors, warnings, the last of a Python traceback."""
    lines = [line[:400] for line in tail(file)]
    return [line for line in lines if line.startswith(REPORTS) or "Error:" in line][-5:]


class MemoryWatch:
    """The GPU's memory in use, asked of nvidia-smi twice a second."""

    QUERY = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "-lms", "500"]

    def __init__(self):
        self._peak = None
        self._child = None
        program = shutil.which("nvidia-smi")
        if program:
            self._child = subprocess.Popen(
                [program, *self.QUERY], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL, text=True, start_new_session=True)
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._child.stdout:
            if line.strip().isdigit():
                self._peak = max(self._peak or 0, int(line))

    def take(self):
        """MiB at most since the last call, of the fullest GPU; None unknown."""
        peak, self._peak = self._peak, None
        return peak

    def close(self):
        if self._child:
            end_group(self._child, 2)


def write_atomically(file, text):
    """All of it or what was there before, whatever ends this process."""
    new = file.with_name(file.name + ".new")
    with open(new, "w", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    os.replace(new, file)
