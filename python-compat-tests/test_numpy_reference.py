# SPDX-License-Identifier: Apache-2.0
"""The stored reference is what the NumPy code makes now, and that code differentiates rightly."""

import json

import numpy as np
import pytest

from numpy_reference import generate
from numpy_reference.arrays import of_cell, of_generator
from numpy_reference.cases import CELLS, GENERATORS, KINDS
from numpy_reference.gradient import complex_step
from numpy_reference.names import below

CASES = {case.name: (case, of_cell) for case in CELLS}
CASES |= {case.name: (case, of_generator) for case in GENERATORS}
TOLERANCES = {"float32": 0, "int32": 0, "float64": 1e-12}


@pytest.fixture(scope="module")
def index():
    return json.loads((generate.FOLDER / "index.json").read_text())


def test_the_index_lists_every_file_and_every_kind(index):
    names = [entry["name"] for entry in index["cases"]]
    assert names == list(CASES)
    stored = {path.name for path in generate.FOLDER.iterdir()}
    assert stored == {"index.json", *(f"{name}.npz" for name in names)}
    assert {type(case.model) for case, _ in CASES.values()} == set(KINDS)
    assert sum(path.stat().st_size for path in generate.FOLDER.iterdir()) < 1_000_000


@pytest.mark.parametrize("name", CASES)
def test_stored_files_are_what_the_generator_makes(name, index):
    case, make = CASES[name]
    made = make(case)
    stored = next(entry for entry in index["cases"] if entry["name"] == name)
    assert generate.entry(case, made) == stored
    with np.load(generate.FOLDER / f"{name}.npz") as arrays:
        assert set(arrays.files) == set(made)
        for key, value in made.items():
            assert arrays[key].dtype == value.dtype, key
            tolerance = TOLERANCES[str(value.dtype)] * max(1, np.abs(value).max())
            np.testing.assert_allclose(arrays[key], value, rtol=0, atol=tolerance, err_msg=key)


@pytest.mark.parametrize("name", CASES)
def test_every_gradient_has_something_to_say(name):
    with np.load(generate.FOLDER / f"{name}.npz") as arrays:
        for key, gradient in below("gradient", dict(arrays)).items():
            # below this a float32 calculation could not be held against it
            assert np.abs(gradient).max() > 1e-2, key


def test_complex_steps_are_the_derivative():
    """Of a function whose derivatives are known by hand, in each of the shapes."""
    at = {"W": np.array([[0.5, -1.0], [2.0, 0.25]]), "b": np.array([0.5, -0.5]),
          "x": np.array([[[1.0, 2.0]], [[-1.0, 0.5]]])}

    def function(a):
        # sum over t of sum(exp(x_t W) b)
        return sum((np.exp(x @ a["W"]) * a["b"]).sum(axis=(-1, -2)) for x in a["x"])

    gradients = complex_step(function, at)
    grown = [np.exp(x @ at["W"]) for x in at["x"]]
    np.testing.assert_allclose(gradients["b"], sum(grown)[0], rtol=1e-14)
    np.testing.assert_allclose(
        gradients["W"], sum(x.T @ (g * at["b"]) for x, g in zip(at["x"], grown)), rtol=1e-14)
    np.testing.assert_allclose(
        gradients["x"], [(g * at["b"]) @ at["W"].T for g in grown], rtol=1e-14)
