# SPDX-License-Identifier: Apache-2.0
"""The real TensorBoard reads event files written in Java.

HYPERNET4J_EVENTS names a folder of event files: a run folder, or target/tensorboard-sample, which
`mvn test` leaves with an expected.json beside the events.
"""

import json
import math
import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("HYPERNET4J_EVENTS")
if not FOLDER:
    pytest.skip("HYPERNET4J_EVENTS does not name a folder of event files", allow_module_level=True)
pytest.importorskip("tensorboard", reason="the Python package tensorboard is not installed")

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator  # noqa: E402
from tensorboard.backend.event_processing.event_file_loader import (  # noqa: E402
    EventFileLoader,
    RawEventFileLoader,
)
from tensorboard.compat.proto import event_pb2  # noqa: E402
from tensorboard.util import tensor_util  # noqa: E402


@pytest.fixture(scope="module")
def files():
    found = sorted(Path(FOLDER).glob("events.out.tfevents.*"))
    assert found, f"no event file in {FOLDER}"
    return found


@pytest.fixture(scope="module")
def events():
    accumulator = EventAccumulator(FOLDER, size_guidance={"scalars": 0, "histograms": 0, "tensors": 0})
    return accumulator.Reload()


@pytest.fixture(scope="module")
def expected():
    path = Path(FOLDER, "expected.json")
    if not path.exists():
        pytest.skip(f"no expected.json in {FOLDER}: a run folder, not the sample")
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_file_starts_with_the_version(files):
    for file in files:
        first = event_pb2.Event.FromString(next(RawEventFileLoader(str(file)).Load()))
        assert first.file_version == "brain.Event:2"
        assert first.wall_time > 0


def test_scalars_come_out(events):
    tags = events.Tags()["scalars"]
    assert tags
    for tag in tags:
        points = events.Scalars(tag)
        assert points
        assert all(p.step >= 0 and p.wall_time > 0 for p in points)


def test_histograms_are_consistent(events):
    tags = events.Tags()["histograms"]
    if not tags:
        pytest.skip("no histograms in this folder")
    for tag in tags:
        for point in events.Histograms(tag):
            h = point.histogram_value
            assert len(h.bucket) == len(h.bucket_limit) > 0
            assert sum(h.bucket) == h.num > 0
            assert list(h.bucket_limit) == sorted(h.bucket_limit)
            assert h.bucket_limit[-1] == h.max >= h.min
            assert h.num * h.min - 1e-6 <= h.sum + 1e-6 * abs(h.sum)
            assert h.sum_squares * h.num >= h.sum**2 * (1 - 1e-9)


def test_the_web_page_accepts_them(files):
    """EventFileLoader makes the tensors that the page shows from what was written."""
    for file in files:
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                assert value.HasField("tensor"), value.tag
                assert value.metadata.plugin_data.plugin_name in ("scalars", "histograms", "text")
                assert tensor_util.make_ndarray(value.tensor) is not None


def test_expected_numbers(events, expected):
    for tag, points in expected["scalars"].items():
        values = {p.step: p.value for p in events.Scalars(tag)}
        for step, value in points.items():
            assert math.isclose(values[int(step)], value, rel_tol=1e-7)
    for tag, points in expected["histograms"].items():
        counts = {p.step: p.histogram_value.num for p in events.Histograms(tag)}
        for step, count in points.items():
            assert counts[int(step)] == count
    for tag, text in expected["texts"].items():
        (point,) = events.Tensors(tag)
        assert tensor_util.make_ndarray(point.tensor_proto).item().decode() == text
