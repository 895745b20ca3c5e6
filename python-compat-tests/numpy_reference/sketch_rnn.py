# SPDX-License-Identifier: Apache-2.0
"""Golden vectors of magenta's sketch_rnn as models of `strokes`, their variables renamed.

Gates i, j, f, o are the paper's i, g, f, o. Magenta's loss is the mean over all rows of a padded
batch; its pens count in the padding, its offsets do not.
"""

import json
import pathlib

import numpy as np

from .hyper_cells import HyperLstm
from .mixture import Mixture
from .names import under
from .plain_cells import Lstm
from .strokes import StrokeModel

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "shared" / "reference" / "golden"
EPSILON = 1e-6  # magenta adds it to the density


def read(name):
    """What is said of a case and its arrays."""
    with np.load(FOLDER / f"{name}.npz") as arrays:
        return json.loads((FOLDER / f"{name}.json").read_text("utf-8")), dict(arrays)


def model(case):
    """The model that a case of the kind `sketch_rnn` describes."""
    units, latent, encoder = case["decoder_units"], 0, None
    epsilon = case["layer_norm_epsilon"] if case["use_layer_norm"] else 0.0
    if case["encoder"]:
        latent, encoder = case["encoder"]["z_size"], Lstm(5, case["encoder"]["units"])
    inputs = 5 + latent
    if case["decoder_cell"] == "hyper":
        small = Lstm(inputs + units, case["hyper_num_units"], bias=False, epsilon=epsilon)
        cell = HyperLstm(inputs, units, case["hyper_embedding_size"], small, epsilon=epsilon)
    else:
        cell = Lstm(inputs, units, bias=True, epsilon=epsilon)
    mixture = Mixture(case["mixtures"], "three-way", density_epsilon=EPSILON)
    return StrokeModel(cell, mixture, latent=latent, encoder=encoder)


def renamed(case, values):
    """{magenta's name: array} by the names of `strokes`."""
    named = {"output/kernel": values["RNN/output_w"], "output/bias": values["RNN/output_b"]}
    if case["decoder_cell"] == "hyper":
        named |= under("cell", hyper_lstm("RNN/HyperLSTMCell", values))
    else:
        named |= under("cell", lstm("RNN/LSTMCell", values))
    if case["encoder"]:
        named |= under("encoder/forwards", lstm("ENC_RNN/fw/LSTMCell", values))
        named |= under("encoder/backwards", lstm("ENC_RNN/bw/LSTMCell", values))
        for ours, theirs in (("mean", "ENC_RNN_mu"), ("logvar", "ENC_RNN_sigma"),
                             ("state", "linear")):
            named[f"latent/{ours}/kernel"] = values[f"{theirs}/super_linear_w"]
            named[f"latent/{ours}/bias"] = values[f"{theirs}/super_linear_b"]
    return named


def lstm(scope, values):
    return {ours: values[f"{scope}/{theirs}"] for ours, theirs in (
        ("W_x", "W_xh"), ("W_h", "W_hh"), ("b", "bias")) if f"{scope}/{theirs}" in values}


def layer_norm_lstm(scope, values):
    named = lstm(scope, values)
    for ours, theirs in (("ln", "ln_all"), ("ln_c", "ln_c")):
        named[f"{ours}/gain"] = values[f"{scope}/{theirs}/ln_gamma"]
        named[f"{ours}/shift"] = values[f"{scope}/{theirs}/ln_beta"]
    return named


def hyper_lstm(scope, values):
    named = layer_norm_lstm(scope, values)
    named |= under("hyper", layer_norm_lstm(f"{scope}/LayerNormLSTMCell", values))
    for kind in "hxb":
        # what makes the bias is in magenta's scope of h
        gates = [f"{scope}/hyper_{gate}{'h' if kind == 'b' else kind}" for gate in "ijfo"]
        to_z, to_d = ("zb", "beta") if kind == "b" else ("zw", "alpha")
        named[f"embedding/A_{kind}"] = np.concatenate(
            [values[f"{gate}/{to_z}/super_linear_w"] for gate in gates], axis=1)
        named[f"embedding/D_{kind}"] = np.concatenate(
            [values[f"{gate}/{to_d}/super_linear_w"] for gate in gates], axis=0)
        if kind != "b":
            named[f"embedding/a_{kind}"] = np.concatenate(
                [values[f"{gate}/{to_z}/super_linear_b"] for gate in gates])
    return named
