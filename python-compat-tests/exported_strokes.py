# SPDX-License-Identifier: Apache-2.0
"""The NumPy reference of an exported stroke model, made from what lies beside the model."""

import numpy as np

from numpy_reference.hyper_cells import HyperLstm, HyperRnn
from numpy_reference.mixture import Mixture
from numpy_reference.plain_cells import BasicRnn, Lstm
from numpy_reference.strokes import Scaling, StrokeModel
from numpy_reference.wrappers import SkipStacked, Stacked


def reference(manifest):
    """The model of a manifest: the run's specification, and the guide's constants."""
    spec = manifest["provenance"]["specification"]["model"]
    mixture = Mixture(
        spec["mixtures"], spec["pen"], density_epsilon=spec["densityEpsilon"],
        sigma_floor=spec["sigmaFloor"], correlation_bound=spec["correlationBound"])
    scaling = manifest["guide"]["scaling"]
    columns = 3 if spec["pen"] == "bernoulli" else 5
    latent = spec.get("latent")
    size = latent["size"] if latent else 0
    return StrokeModel(
        stack(spec, columns + size), mixture,
        Scaling(scaling["meanX"], scaling["meanY"], scaling["sdX"], scaling["sdY"]),
        latent=size, encoder=cell(latent["encoder"], columns) if latent else None)


def weights(variables):
    """{name: array} of a checkpoint in float64."""
    return {name: np.asarray(value, np.float64) for name, value in variables.items()}


def stack(spec, inputs):
    """The specification's layers."""
    layers, units = spec["layers"], spec["cell"]["units"]
    if layers == 1:
        return cell(spec["cell"], inputs)
    above = inputs + units if spec["skips"] else units
    cells = tuple(cell(spec["cell"], above if k else inputs) for k in range(layers))
    return SkipStacked(cells) if spec["skips"] else Stacked(cells)


def cell(spec, inputs):
    """One cell of a specification."""
    kind, units = spec["type"], spec["units"]
    if kind == "basic-rnn":
        return BasicRnn(inputs, units)
    if kind == "lstm":
        return Lstm(inputs, units, bias=spec["bias"], forget_bias=spec["forgetBias"],
                    epsilon=spec["epsilon"] if spec["layerNorm"] else 0.0)
    if kind == "hyper-rnn" and spec["form"] == "scaled":
        return HyperRnn(inputs, units, spec["embeddingSize"],
                        BasicRnn(inputs + units, spec["hyperUnits"]))
    if kind == "hyper-lstm":
        small = Lstm(
            inputs + units, spec["hyperUnits"], forget_bias=spec["hyperForgetBias"],
            epsilon=spec["epsilon"] if spec["hyperLayerNorm"] else 0.0)
        return HyperLstm(
            inputs, units, spec["embeddingSize"], small, forget_bias=spec["forgetBias"],
            epsilon=spec["epsilon"] if spec["layerNorm"] else 0.0)
    raise ValueError(f"the NumPy reference has no cell {kind}")
