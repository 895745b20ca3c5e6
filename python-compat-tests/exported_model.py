# SPDX-License-Identifier: Apache-2.0
"""What the tests of an exported model read besides the model: HYPERNET4J_MODEL and its assets.extra."""

import json
import os
import pathlib

import numpy as np
import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")


def folder():
    """The version folder under test; a module that calls this is skipped where there is none."""
    if not MODEL:
        pytest.skip("HYPERNET4J_MODEL is not set to a version folder", allow_module_level=True)
    return pathlib.Path(MODEL)


def manifest():
    return json.loads((folder() / "assets.extra" / "manifest.json").read_text("utf-8"))


def reference_cases():
    """(signature, inputs, outputs) as arrays by alias."""
    extra = folder() / "assets.extra"
    index = json.loads((extra / "reference.json").read_text("utf-8"))["cases"]
    with np.load(extra / "reference.npz") as arrays:
        return [
            (
                case["signature"],
                {alias: arrays[entry["array"]] for alias, entry in case["inputs"].items()},
                {alias: arrays[entry["array"]] for alias, entry in case["outputs"].items()},
            )
            for case in index
        ]


def searches(manifest):
    """Whether serving_default is a search, which chooses and has no gradient: a translation model's."""
    return "subwords" in manifest.get("guide", {})


def answering(entries, key="serving_default"):
    """Of the manifest's trainable parameters, those that a signature reads: no encoder's, nor what
    another searches."""
    other = ("encoder/", "latent/mean/", "latent/logvar/", "strength/")
    if key == "step":
        other += ("latent/state/",)
    return [
        entry for entry in entries if entry["trainable"] and not entry["name"].startswith(other)]


def widened(values, *sizes, ids=-1):
    """Rows [B, n, ..] as [B, *sizes, ..], filled up as `sample` does: drawings by 0, ids by -1."""
    shape = [(0, 0)] + [(0, size - own) for size, own in zip(sizes, values.shape[1:])]
    shape += [(0, 0)] * (values.ndim - len(shape))
    return np.pad(values, shape, constant_values=0 if values.dtype.kind == "f" else ids)


def of_one_size(values, manifest):
    """Arrays of equal rank, widened to the largest of them; ids of translations by the padding."""
    sizes = np.max([value.shape for value in values], axis=0)[1:]
    pad = manifest.get("guide", {}).get("subwords", {}).get("pad", -1)
    return [widened(value, *sizes, ids=pad) for value in values]


def assert_close(actual, expected, tolerance, where):
    """Within the manifest's tolerance, equal where it is not about floats."""
    actual = np.asarray(actual)
    assert actual.shape == expected.shape, where
    assert actual.dtype == expected.dtype, where
    if expected.dtype.kind != "f":
        np.testing.assert_array_equal(actual, expected, err_msg=where)
        return
    assert np.isfinite(actual).all(), where
    np.testing.assert_allclose(
        actual,
        expected,
        atol=tolerance["absolute"],
        rtol=tolerance["relative"],
        equal_nan=False,
        err_msg=where,
    )


def assert_outputs(answer, expected, tolerance, where):
    """All outputs of a signature, by alias, and no others."""
    assert set(answer) == set(expected), where
    for alias, value in expected.items():
        assert_close(answer[alias], value, tolerance, f"{where}.{alias}")
