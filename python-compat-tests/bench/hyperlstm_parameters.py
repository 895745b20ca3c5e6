# SPDX-License-Identifier: Apache-2.0
"""What the HyperLSTM peers share: sizes, parameters by the names of the Java cell, packed weights.

The cell (paper A.2.2-A.2.3; gates in the order i, g, f, o; the hyper output of step t is used at
step t), for x [B, I], state c, h [B, N] and chat, hhat [B, M]:

    hyper pre = LN( [x; h] hyper/W_x + hhat hyper/W_h + hyper/b )              one LN a gate
    chat' = sigmoid(f + 1) chat + sigmoid(i) tanh(g)
    hhat' = sigmoid(o) tanh(LN(chat'))
    d_k   = (hhat' A_k + a_k) D_k  for k in h, x;   beta = (hhat' A_b) D_b      each gate its own
    pre   = LN( d_x (x W_x) + d_h (h W_h) + beta + b )
    c'    = sigmoid(f + 1) c + sigmoid(i) tanh(g)
    h'    = sigmoid(o) tanh(LN(c'))
"""

import dataclasses

import numpy as np

EPSILON = 1e-3
FORGET_BIAS = 1.0
VOCABULARY = 50
LEARNING_RATE, BETA1, BETA2, ADAM_EPSILON = 1e-3, 0.9, 0.999, 1e-8
CLIP_NORM = 1.0
STATE = ("c", "h", "hyper_c", "hyper_h")


@dataclasses.dataclass(frozen=True)
class Size:
    """One row of the comparison: B, T, N, M, E and I."""

    batch: int
    steps: int
    units: int
    hyper_units: int
    embedding: int
    inputs: int = VOCABULARY


SIZES = {
    "S": Size(32, 50, 256, 64, 8),
    "M": Size(64, 100, 512, 128, 4),
    "P": Size(128, 100, 1000, 128, 4),
}


def cell_shapes(size):
    """Names and shapes of the cell's parameters, as the Java HyperLstmCell has them."""
    i, n, m, e = size.inputs, size.units, size.hyper_units, size.embedding
    shapes = {"W_x": (i, 4 * n), "W_h": (n, 4 * n), "b": (4 * n,)}
    for kind in "hxb":
        shapes[f"embedding/A_{kind}"] = (m, 4 * e)
        if kind != "b":
            shapes[f"embedding/a_{kind}"] = (4 * e,)
        shapes[f"embedding/D_{kind}"] = (4 * e, n)
    for prefix, units in (("", n), ("hyper/", m)):
        shapes |= {
            f"{prefix}ln/gain": (4 * units,), f"{prefix}ln/shift": (4 * units,),
            f"{prefix}ln_c/gain": (units,), f"{prefix}ln_c/shift": (units,)}
    shapes |= {"hyper/W_x": (i + n, 4 * m), "hyper/W_h": (m, 4 * m), "hyper/b": (4 * m,)}
    return shapes


def model_shapes(size):
    """The cell and the softmax layer of the character model."""
    return cell_shapes(size) | {
        "softmax/W": (size.units, VOCABULARY), "softmax/b": (VOCABULARY,)}


def initial_parameters(size, seed=1):
    """The paper's initial values: orthogonal by gate, scalings 0.1, dynamic bias 0."""
    random = np.random.default_rng(seed)

    def orthogonal(rows, columns):
        q, r = np.linalg.qr(random.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))  # uniform over the orthogonal matrices
        return q if rows >= columns else q.T

    values = {}
    for name, shape in model_shapes(size).items():
        if name.endswith(("W_x", "W_h")):
            blocks = [orthogonal(shape[0], shape[1] // 4) for _ in range(4)]
            value = np.concatenate(blocks, axis=1)
        elif name == "softmax/W":
            value = random.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))
        elif name.endswith(("D_h", "D_x")):
            value = np.full(shape, 0.1 / size.embedding)
        elif name.endswith(("a_h", "a_x", "gain")):
            value = np.ones(shape)
        elif name.endswith("A_b"):
            value = random.normal(0, 0.01, shape)
        else:
            value = np.zeros(shape)
        values[name] = value.astype(np.float32)
    return values


def random_parameters(size, seed=2):
    """Values with which no gradient vanishes and no gate saturates, for the checks."""
    random = np.random.default_rng(seed)
    return {
        name: (
            random.normal(1 if name.endswith("gain") else 0, 0.1, shape)
            if len(shape) == 1
            else random.standard_normal(shape) * shape[0] ** -0.5
        ).astype(np.float32)
        for name, shape in model_shapes(size).items()
    }


def random_batch(size, random):
    """(ids, targets), both int32 [T, B]."""
    shape = (size.steps, size.batch)
    return (random.integers(0, VOCABULARY, shape, dtype=np.int32),
            random.integers(0, VOCABULARY, shape, dtype=np.int32))


def pack(parameters):
    """The same numbers in fewer tensors, so that one product serves main and small cell.

    w_x [I, 4N+4M] and w_h [N, 4N+4M] hold the main columns, then those of the small cell; a
    [M, 12E], a_bias [8E] and d [12, E, N] hold the kinds h, x, b, each with its four gates.
    Everything else keeps its name.
    """
    inputs, units = parameters["W_x"].shape[0], parameters["W_h"].shape[0]
    kinds = "hxb"
    d = np.concatenate([parameters[f"embedding/D_{k}"] for k in kinds])
    packed = {
        name: value for name, value in parameters.items()
        if not name.startswith("embedding/") and name not in ("W_x", "W_h", "hyper/W_x")}
    packed["w_x"] = np.concatenate([parameters["W_x"], parameters["hyper/W_x"][:inputs]], 1)
    packed["w_h"] = np.concatenate([parameters["W_h"], parameters["hyper/W_x"][inputs:]], 1)
    packed["a"] = np.concatenate([parameters[f"embedding/A_{k}"] for k in kinds], 1)
    packed["a_bias"] = np.concatenate([parameters["embedding/a_h"], parameters["embedding/a_x"]])
    packed["d"] = d.reshape(12, -1, units)
    return packed


def unpack(packed):
    """The inverse of `pack`: parameters, or gradients, by the names of the Java cell."""
    n4 = packed["b"].shape[0]
    e4 = packed["a_bias"].shape[0] // 2
    values = {
        name: value for name, value in packed.items()
        if name not in ("w_x", "w_h", "a", "a_bias", "d")}
    values["W_x"], values["W_h"] = packed["w_x"][:, :n4], packed["w_h"][:, :n4]
    values["hyper/W_x"] = np.concatenate([packed["w_x"][:, n4:], packed["w_h"][:, n4:]])
    d = packed["d"].reshape(3 * e4, -1)
    for k, kind in enumerate("hxb"):
        rows = slice(k * e4, (k + 1) * e4)
        values[f"embedding/A_{kind}"] = packed["a"][:, rows]
        values[f"embedding/D_{kind}"] = d[rows]
        if kind != "b":
            values[f"embedding/a_{kind}"] = packed["a_bias"][rows]
    return values
