# SPDX-License-Identifier: Apache-2.0
"""Runs the contestants of a comparison in turn, each in a process of its own, and sets them out."""

import json
import math
import os
import shlex
import statistics
import subprocess
import sys
import time

try:
    import resource
except ImportError:  # Windows
    resource = None


def two_cores():
    """Holds this process and all that it starts to two cores, where the system can."""
    some_cores(2)


def some_cores(count):
    """Holds this process and all that it starts to some of its cores, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def peak_mib(usage=None):
    """The largest resident memory of this process so far, or by a resource usage; None unknown."""
    if resource is None:
        return None
    usage = usage or resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)  # bytes or kilobytes


def step_seconds(step, batches):
    """Seconds of each step(*batch), without making the batch; a step returns numbers, which it
    has waited for: the loss, or the loss and others."""
    seconds = []
    for batch in batches:
        start = time.perf_counter()
        results = step(*batch)
        seconds.append(time.perf_counter() - start)
        if not all(map(math.isfinite, results if isinstance(results, list) else [results])):
            raise SystemExit(f"step {len(seconds)}: the loss is not finite: {results}")
    return seconds


def run(command, **environment):
    """Runs a command, whose last line of output is JSON; adds its peak memory to that.

    A command that fails and has a field `error` there has said on standard error what is wrong:
    this process ends with the same exit code and no other word.
    """
    defaults = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "1", "OMP_NUM_THREADS": "2"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=defaults | dict(os.environ) | environment)
    with process.stdout:
        lines = process.stdout.read().strip().splitlines()
    if resource is None:
        code, peak = process.wait(), None
    else:
        # the usage of the largest process that the command waited for
        _, status, usage = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        peak = peak_mib(usage)
    if code != 0 and lines and "error" in fields(lines[-1]):
        raise SystemExit(code)
    if code != 0 or not lines:
        raise SystemExit(f"{shlex.join(command)}: ended with {code}; its last words are above")
    return json.loads(lines[-1]) | {"peakMib": peak}


def fields(line):
    """The JSON object of a line; empty where it is none."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def in_turn(contestants, rounds, field):
    """contestants: name to a function that returns a result; name to the results of all rounds."""
    results = {name: [] for name in contestants}
    for number in range(rounds):
        for name, contest in contestants.items():
            results[name].append(contest())
            print(f"round {number + 1}: {name}: {results[name][-1][field]:.1f}", file=sys.stderr)
    return results


def java(command, theirs, ours):
    """A contestant: a command line whose JSON has, in the field `theirs`, what we call `ours`."""

    def contest():
        result = run(shlex.split(command))
        if theirs not in result:
            raise SystemExit(
                f"{command}: no field {theirs} in its JSON; it has {', '.join(sorted(result))}")
        return result | {ours: result[theirs]}

    return contest


def summary(results, field, others=("firstSeconds", "peakMib")):
    """Medians over the rounds; with Java in them, the medians of each round's Java / peer."""
    rows = {
        name: {key: statistics.median(r[key] for r in rounds)
               for key in (field, *others) if all(r.get(key) is not None for r in rounds)}
        for name, rounds in results.items()}
    for name in rows:
        if "java" in results and name != "java":
            rows[name]["javaRatio"] = statistics.median(
                j[field] / r[field] for j, r in zip(results["java"], results[name]))
    return rows


def table(rows):
    """The summary as text."""
    columns = list(dict.fromkeys(key for row in rows.values() for key in row))
    lines = [["", *columns]]
    for name, row in rows.items():
        lines.append([name] + [f"{row[key]:.2f}" if key in row else "-" for key in columns])
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) if k == 0 else cell.rjust(w)
                  for k, (cell, w) in enumerate(zip(line, widths)))
        for line in lines)
