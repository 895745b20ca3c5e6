# SPDX-License-Identifier: Apache-2.0
"""The NumPy reference of an exported translation model, made from what lies beside the model."""

import exported_strokes
from numpy_reference.translation import TranslationModel


def reference(manifest):
    """The model of a manifest by the run's specification."""
    spec = manifest["provenance"]["specification"]["model"]
    return TranslationModel(
        lambda inputs: exported_strokes.cell(spec["cell"], inputs),
        spec["embeddingSize"], spec["encoderLayers"], spec["decoderLayers"],
        this_context=spec["context"] == "gnmt-v2", pass_state=spec["start"] == "encoder")


def attention_shapes(manifest):
    """{name: shape} of the attention's parameters."""
    spec = manifest["provenance"]["specification"]["model"]
    model, score = reference(manifest), spec["attention"]["score"]
    additive = score.endswith("additive")
    size = spec["attention"].get("units", model.units) if additive else model.units
    shapes = {"memory_kernel": (model.memory_size, size)}
    if additive:
        shapes |= {"query_kernel": (model.units, size), "v": (size,)}
    if score.startswith(("normed", "scaled")):
        shapes["g"] = ()
    if score.startswith("normed"):
        shapes["b"] = (size,)
    return shapes


def alias(part):
    """The name of a part of the state in a signature."""
    return "state_" + part.replace("/", "_")
