# SPDX-License-Identifier: Apache-2.0
"""The peers of the speed comparison compute the HyperLSTM: golden vectors, NumPy, each other."""

import functools
import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import hyperlstm_check as check  # noqa: E402
import hyperlstm_golden  # noqa: E402
from hyperlstm_parameters import (  # noqa: E402
    EPSILON, SIZES, STATE, initial_parameters, model_shapes, pack, random_batch,
    random_parameters, unpack)
from hyperlstm_peers import PEERS  # noqa: E402

NAMES = [name for name in PEERS if name != "torch-compile"]  # its first call takes a minute


def installed(name):
    if PEERS[name].missing():
        pytest.skip(PEERS[name].missing())
    return PEERS[name]


@functools.cache
def first_losses(name):
    return check.first_losses(installed(name))


def numpy_forward(p, x, state):
    """The equations of hyperlstm_parameters in float64, gate by gate: outputs, final state."""
    p = {name: value.astype(np.float64) for name, value in p.items()}

    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    def norm(v, scope, k=0):
        n = v.shape[1]
        gain, shift = (p[f"{scope}/{part}"][k * n:(k + 1) * n] for part in ("gain", "shift"))
        return gain * (v - v.mean(1, keepdims=True)) / np.sqrt(
            v.var(1, keepdims=True) + EPSILON) + shift

    def column(v, k):
        return v[..., k * v.shape[-1] // 4:(k + 1) * v.shape[-1] // 4]

    def update(gates, c, scope):
        i, g, f, o = (norm(v, f"{scope}ln", k) for k, v in enumerate(gates))
        c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
        return c, sigmoid(o) * np.tanh(norm(c, f"{scope}ln_c"))

    c, h, hyper_c, hyper_h = (state[part].astype(np.float64) for part in STATE)
    outputs = []
    for x_t in x.astype(np.float64):
        small = (np.concatenate([x_t, h], 1) @ p["hyper/W_x"] + hyper_h @ p["hyper/W_h"]
                 + p["hyper/b"])
        hyper_c, hyper_h = update([column(small, k) for k in range(4)], hyper_c, "hyper/")
        gates = []
        for k in range(4):
            d = {}
            for kind in "hxb":
                z = hyper_h @ column(p[f"embedding/A_{kind}"], k)
                if kind != "b":
                    z = z + column(p[f"embedding/a_{kind}"], k)
                d[kind] = z @ np.split(p[f"embedding/D_{kind}"], 4)[k]
            gates.append(d["h"] * (h @ column(p["W_h"], k)) + d["x"] * (x_t @ column(p["W_x"], k))
                         + d["b"] + column(p["b"], k))
        c, h = update(gates, c, "")
        outputs.append(h)
    return np.stack(outputs), dict(zip(STATE, (c, h, hyper_c, hyper_h)))


def test_pack_and_unpack_are_inverse():
    parameters = random_parameters(check.SMALL)
    back = unpack(pack(parameters))
    assert {name: value.shape for name, value in back.items()} == model_shapes(check.SMALL)
    for name, value in parameters.items():
        np.testing.assert_array_equal(back[name], value)


def test_parameter_count_of_the_paper():
    """Table 3: LN HyperLSTM 1000 has 4.92 M, 4,923,154 by the formulas."""
    assert sum(np.prod(shape) for shape in model_shapes(SIZES["P"]).values()) == 4_923_154


def test_scalings_start_at_a_tenth():
    p = initial_parameters(check.SMALL)
    ones = np.ones((1, 4 * check.SMALL.embedding))
    np.testing.assert_allclose(p["embedding/a_h"], ones[0])
    for gate in np.split(p["embedding/D_h"], 4):
        np.testing.assert_allclose(gate.sum(0), 0.1, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_golden_vectors(name):
    if not hyperlstm_golden.FILE.exists():
        pytest.skip(f"the golden vectors are not here: {hyperlstm_golden.FILE}")
    check.against_golden(installed(name))


@pytest.mark.parametrize("name", NAMES)
def test_float64_equations_and_their_differences(name):
    """Outputs and states by NumPy; gradients along random directions by central differences."""
    p, x, state, r = check.small_sequence()
    results = installed(name).sequence(p, x, state, r)
    out, final = numpy_forward(p, x, state)
    check.compare(results, {"out": out} | {f"state/{k}": v for k, v in final.items()})
    random = np.random.default_rng(7)
    for parameter in p:
        if parameter.startswith("softmax"):
            continue
        direction = random.standard_normal(p[parameter].shape)
        step = 1e-6

        def loss(sign):
            moved = p | {parameter: p[parameter].astype(np.float64) + sign * step * direction}
            return np.sum(numpy_forward(moved, x, state)[0] * r)

        slope = (loss(1) - loss(-1)) / (2 * step)
        gradient = results[f"grad/{parameter}"]
        error = abs(np.sum(gradient * direction) - slope)
        assert error <= 1e-4 * np.linalg.norm(gradient), parameter


@pytest.mark.parametrize("name", NAMES)
def test_first_training_loss_is_the_cross_entropy(name):
    losses = first_losses(name)
    p = random_parameters(check.SMALL)
    ids, targets = random_batch(check.SMALL, np.random.default_rng(5))
    zeros = {part: np.zeros((check.SMALL.batch, units)) for part, units in zip(
        STATE, [check.SMALL.units] * 2 + [check.SMALL.hyper_units] * 2)}
    out, _ = numpy_forward(p, np.eye(check.SMALL.inputs)[ids], zeros)
    logits = out @ p["softmax/W"].astype(np.float64) + p["softmax/b"]
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    expected = -np.mean(np.take_along_axis(log_p, targets[..., None], -1))
    assert losses[0] == pytest.approx(expected, rel=1e-5)
    assert len(set(losses)) == len(losses), "the weights do not move"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "keras"])
def test_training_agrees_with_keras(name):
    np.testing.assert_allclose(first_losses(name), first_losses("keras"), rtol=1e-4)


def test_everything_in_torch_is_on_the_device():
    """On PyTorch's device without numbers, which as little as a GPU mixes with tensors elsewhere."""
    installed("torch")
    import hyperlstm_torch

    p, x, *_ = check.small_sequence()
    model = hyperlstm_torch.HyperLstm(p, device="meta")
    out, state = model(hyperlstm_torch.torch.tensor(x, device="meta"), model.zero_state(len(x[0])))
    model.logits(out).sum().backward()
    gradients = [weights.grad for weights in model.parameters()]
    assert {value.device.type for value in [out, *state, *gradients]} == {"meta"}


@pytest.mark.parametrize("name", ["torch", "jax", "saved"])
def test_single_step_is_the_sequence(name, tmp_path):
    p = random_parameters(check.SMALL)
    if name == "saved":
        pytest.importorskip("tensorflow", reason="tensorflow is not installed")
        import hyperlstm_saved

        hyperlstm_saved.save_step(p, tmp_path)
        step = hyperlstm_saved.saved_single(tmp_path)
    else:
        step = installed(name).single(p)
    ids = [3, 49, 0, 0, 17]
    zeros = {part: np.zeros((1, units)) for part, units in zip(
        STATE, [check.SMALL.units] * 2 + [check.SMALL.hyper_units] * 2)}
    out, _ = numpy_forward(p, np.eye(check.SMALL.inputs)[ids][:, None], zeros)
    expected = out @ p["softmax/W"].astype(np.float64) + p["softmax/b"]
    for index, wanted in zip(ids, expected):
        np.testing.assert_allclose(step(index), wanted, atol=1e-5)
