# SPDX-License-Identifier: Apache-2.0
"""The golden vectors of hardmaru/supercell, by the names of the Java cell."""

import dataclasses
import pathlib

import numpy as np

from hyperlstm_parameters import STATE

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT.parent / "shared/reference/golden/supercell_hyperlstm_ln_small.npz"


@dataclasses.dataclass(frozen=True)
class Case:
    """Inputs x [T, B, I], state by name, loss weights r [T, B, N]; what must come out.

    `expected` maps out, loss, state/*, grad/*, grad_x, grad_state/* to float64 arrays.
    """

    parameters: dict
    x: np.ndarray
    state: dict
    r: np.ndarray
    expected: dict


def read(file=FILE):
    """Reads the layer-norm case; the loss is sum(out * r)."""
    with np.load(file) as data:
        stored = {name: data[name] for name in data.files}
    expected = {"out": stored["f64/out"], "loss": stored["f64/loss"], "grad_x": stored["grad_x"]}
    for part in STATE:
        expected[f"state/{part}"] = stored[f"f64/state_seq/{part}"][-1]
        expected[f"grad_state/{part}"] = stored[f"grad_state0/{part}"]
    for name, value in _renamed(stored, "f64/grad/").items():
        expected[f"grad/{name}"] = value
    return Case(
        _renamed(stored, "w/"), stored["x"], {part: stored[f"state0/{part}"] for part in STATE},
        stored["R"], expected)


def _renamed(stored, prefix):
    main, small = prefix + "HyperLSTMCell/", prefix + "HyperLSTMCell/LSTMCell/"
    values = {
        "W_x": stored[main + "W_xh"], "W_h": stored[main + "W_hh"], "b": stored[main + "bias"],
        "hyper/W_x": stored[small + "W_xh"], "hyper/W_h": stored[small + "W_hh_i"],
        "hyper/b": stored[small + "bias"]}
    for ours, theirs in (("", main + "ln_all"), ("hyper/", small + "ln")):
        cell = theirs.rsplit("/", 1)[0]
        for our_norm, their_norm in ((f"{ours}ln", theirs), (f"{ours}ln_c", f"{cell}/ln_c")):
            values[f"{our_norm}/gain"] = stored[f"{their_norm}/ln_gamma"]
            values[f"{our_norm}/shift"] = stored[f"{their_norm}/ln_beta"]
    for kind in "hxb":
        # gate j of supercell is the paper's g
        scopes = [f"{main}hyper_{gate}{kind}" for gate in "ijfo"]
        to_z, to_d = ("zb", "beta") if kind == "b" else ("zw", "alpha")

        def joined(tail, axis, scopes=scopes):
            return np.concatenate([stored[f"{scope}/{tail}"] for scope in scopes], axis)

        values[f"embedding/A_{kind}"] = joined(f"{to_z}/super_linear_w", 1)
        values[f"embedding/D_{kind}"] = joined(f"{to_d}/super_linear_w", 0)
        if kind != "b":
            values[f"embedding/a_{kind}"] = joined(f"{to_z}/super_linear_b", 0)
    return values
