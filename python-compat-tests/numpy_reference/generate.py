# SPDX-License-Identifier: Apache-2.0
"""Writes export/reference: one .npz a case, and index.json, which describes them.

    python python-compat-tests/numpy_reference/generate.py [FOLDER]
"""

import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python-compat-tests"))

from numpy_reference.arrays import DESCRIPTION, of_cell, of_generator  # noqa: E402
from numpy_reference.cases import BATCH, CELLS, GENERATORS, STEPS, describe  # noqa: E402

FOLDER = ROOT / "export" / "reference"


def made():
    """Every case with its arrays, one after the other."""
    for case in CELLS:
        yield case, of_cell(case)
    for case in GENERATORS:
        yield case, of_generator(case)


def entry(case, arrays):
    """The case in the index."""
    return {
        "name": case.name,
        "model": describe(case.model),
        "seed": case.seed,
        "arrays": {name: f"{value.dtype} {list(value.shape)}" for name, value in arrays.items()}}


def index(entries):
    return {
        "origin": "computed in float64 by python-compat-tests/numpy_reference from the equations of"
                  " HyperNetworks (Ha, Dai, Le, arXiv:1609.09106); gradients by complex steps",
        "command": "python python-compat-tests/numpy_reference/generate.py",
        "licence": "Apache-2.0",
        "steps": STEPS,
        "batch": BATCH,
        "arrays": DESCRIPTION,
        "cases": entries}


def main(folder=FOLDER):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for case, arrays in made():
        np.savez_compressed(folder / f"{case.name}.npz", **arrays)
        entries.append(entry(case, arrays))
    (folder / "index.json").write_text(json.dumps(index(entries), indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
