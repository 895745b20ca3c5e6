# SPDX-License-Identifier: Apache-2.0
"""Exported families of networks that the Java tests left in HYPERNET4J_FAMILIES."""

import os
import pathlib

import numpy as np
import pytest

FAMILIES = os.environ.get("HYPERNET4J_FAMILIES")


def folder(name):
    """The version folder of a model; the module that calls this is skipped where there is none."""
    if not FAMILIES:
        pytest.skip("HYPERNET4J_FAMILIES is not set to a folder of models", allow_module_level=True)
    return pathlib.Path(FAMILIES) / name / "1"


def dense(x, w, b):
    """x W + b in float64."""
    return np.asarray(x, np.float64) @ np.asarray(w, np.float64) + np.asarray(b, np.float64)


def relu(x):
    return np.maximum(x, 0)
