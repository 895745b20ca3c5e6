# SPDX-License-Identifier: Apache-2.0
"""The comparison's bookkeeping: commands, their JSON and memory, ratios within a round."""

import shlex
import sys

import pytest

import bench_rounds


def python(code):
    return shlex.join([sys.executable, "-c", code])


def test_java_reads_the_last_line_and_the_peak_memory():
    code = "b = b'x' * 80_000_000; print('chatter'); print('{\"theirs\": 5}')"
    result = bench_rounds.java(python(code), "theirs", "ours")()
    assert result["ours"] == 5
    assert result["peakMib"] is None or 76 < result["peakMib"] < 300


def test_a_missing_field_is_named():
    with pytest.raises(SystemExit, match="no field ours .* it has a, peakMib"):
        bench_rounds.java(python("print('{\"a\": 1}')"), "ours", "ours")()


def test_a_failing_command_is_named():
    with pytest.raises(SystemExit, match="ended with 3"):
        bench_rounds.run([sys.executable, "-c", "import sys; sys.exit(3)"])


@pytest.mark.parametrize("said,expected", [
    ('{"error": "no driver"}', 2),  # the command has told the reader
    ('{"a": 1}', "ended with 2"), ("", "ended with 2"), ("7", "ended with 2")])
def test_a_command_that_told_its_error_is_not_repeated(said, expected):
    code = f"import sys; print({said!r}); sys.exit(2)"
    with pytest.raises(SystemExit) as failure:
        bench_rounds.run([sys.executable, "-c", code])
    assert failure.value.code == expected or expected in str(failure.value.code)


def test_ratios_are_taken_within_each_round():
    """The machine halves its speed in round 2: the ratio stays 0.5."""
    results = {
        "java": [{"ms": 10}, {"ms": 20}, {"ms": 10}],
        "peer": [{"ms": 20, "peakMib": 7}, {"ms": 40, "peakMib": 9}, {"ms": 20, "peakMib": 8}]}
    rows = bench_rounds.summary(results, "ms", ("peakMib",))
    assert rows == {"java": {"ms": 10}, "peer": {"ms": 20, "peakMib": 8, "javaRatio": 0.5}}
    lines = bench_rounds.table(rows).splitlines()
    assert lines[0].split() == ["ms", "peakMib", "javaRatio"]
    assert lines[1].split() == ["java", "10.00", "-", "-"]


def test_only_the_step_is_timed(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(bench_rounds.time, "perf_counter", lambda: now[0])

    def batches():
        for seconds in (3, 2):
            now[0] += 10
            yield seconds, "labels"

    def step(seconds, _):
        now[0] += seconds
        return 1.0

    assert bench_rounds.step_seconds(step, batches()) == [3, 2]


@pytest.mark.parametrize("results", [float("nan"), [1.0, float("inf")]])
def test_a_loss_that_is_not_finite_ends_the_timing(results):
    with pytest.raises(SystemExit, match="step 1: the loss is not finite"):
        bench_rounds.step_seconds(lambda: results, [()])


def test_contestants_take_turns():
    order = []

    def contest(name):
        return lambda: order.append(name) or {"ms": 1.0}

    results = bench_rounds.in_turn({"a": contest("a"), "b": contest("b")}, 2, "ms")
    assert order == ["a", "b", "a", "b"]
    assert results == {"a": [{"ms": 1.0}] * 2, "b": [{"ms": 1.0}] * 2}
