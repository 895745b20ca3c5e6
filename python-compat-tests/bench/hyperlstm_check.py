# SPDX-License-Identifier: Apache-2.0
"""Checks of the peers: against the golden vectors, and against each other."""

import numpy as np

import hyperlstm_golden
from hyperlstm_parameters import (
    STATE, VOCABULARY, Size, cell_shapes, random_batch, random_parameters)
from hyperlstm_peers import PEERS

# no two sizes equal, so that a wrong axis cannot pass
SMALL = Size(batch=3, steps=6, units=20, hyper_units=7, embedding=2)


def against_golden(peer):
    """Outputs and states to 1e-5, each gradient to 1e-4 of its largest entry."""
    case = hyperlstm_golden.read()
    # the packed form carries a softmax layer, which the cell alone does not use
    units = case.parameters["W_h"].shape[0]
    parameters = case.parameters | {
        "softmax/W": np.zeros((units, VOCABULARY), np.float32),
        "softmax/b": np.zeros(VOCABULARY, np.float32)}
    results = peer.sequence(parameters, case.x, case.state, case.r)
    compare(results, case.expected)


def small_sequence(seed=3):
    """(parameters, x, state, r) of SMALL, everything random."""
    random = np.random.default_rng(seed)

    def normal(*shape):
        return random.standard_normal(shape).astype(np.float32)

    units = {"c": SMALL.units, "h": SMALL.units,
             "hyper_c": SMALL.hyper_units, "hyper_h": SMALL.hyper_units}
    return (
        random_parameters(SMALL), normal(SMALL.steps, SMALL.batch, SMALL.inputs),
        {part: normal(SMALL.batch, units[part]) for part in STATE},
        normal(SMALL.steps, SMALL.batch, SMALL.units))


def compare(results, expected):
    """Raises AssertionError with the first name that differs."""
    for name, wanted in expected.items():
        scale = 1.0
        tolerance = 1e-5
        if name.startswith("grad") or name == "loss":
            scale, tolerance = max(np.max(np.abs(wanted)), 1e-30), 1e-4
        assert results[name].shape == wanted.shape, (name, results[name].shape, wanted.shape)
        error = np.max(np.abs(results[name] - wanted)) / scale
        assert error <= tolerance, f"{name}: differs by {error:.2e}, allowed {tolerance:.0e}"


def first_losses(peer, steps=4):
    """The losses of the first training steps of SMALL; they feel clipping and Adam."""
    random = np.random.default_rng(5)
    train = peer.trainer(random_parameters(SMALL))
    return [train(*random_batch(SMALL, random)) for _ in range(steps)]


def run(names):
    """Checks the named peers that are installed and prints a line for each."""
    first = None
    for name in names:
        peer = PEERS[name]
        if peer.missing():
            print(f"{name}: skipped: {peer.missing()}")
            continue
        done = []
        if hyperlstm_golden.FILE.exists():
            against_golden(peer)
            done.append("golden vectors")
        else:
            print(f"{name}: no golden vectors: {hyperlstm_golden.FILE} is absent")
        results, losses = peer.sequence(*small_sequence()), first_losses(peer)
        if first is None:
            first = (name, {key: results[key] for key in results if "softmax" not in key}, losses)
            assert {f"grad/{key}" for key in cell_shapes(SMALL)} <= set(results)
        else:
            compare(results, first[1])
            np.testing.assert_allclose(losses, first[2], rtol=1e-4)
            done.append(f"outputs, gradients and training agree with {first[0]}")
        print(f"{name}: {'; '.join(done) or 'nothing to compare with'}")
