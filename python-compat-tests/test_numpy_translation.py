# SPDX-License-Identifier: Apache-2.0
"""The NumPy translation model against public code's golden vectors, and its search by hand."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from numpy_reference import sketch_rnn
from numpy_reference.gradient import STEP
from numpy_reference.hyper_cells import HyperLstm
from numpy_reference.plain_cells import Lstm
from numpy_reference.translation import (
    END, TranslationModel, attention_keys, lengths_of, log_softmax, turned)

golden = pytest.mark.skipif(
    not (sketch_rnn.FOLDER / "attn_luong.npz").exists(),
    reason=f"the golden vectors are not here: {sketch_rnn.FOLDER}")


def hyper_lstm(inputs, units=4):
    return HyperLstm(inputs, units, 2, Lstm(inputs + units, 3, epsilon=1e-3), epsilon=1e-3)


def model(layers=3, cell=hyper_lstm, this_context=True, pass_state=True):
    return TranslationModel(cell, 3, layers, layers, this_context, pass_state)


def random_parameters(described, pieces=9, a=5, seed=1):
    n, random = described.units, np.random.default_rng(seed)
    shapes = described.shapes(pieces, {
        "memory_kernel": (described.memory_size, a), "query_kernel": (n, a), "v": (a,), "g": (),
        "b": (a,)})
    return {name: random.normal(name.endswith("gain"), 0.5, shape)
            for name, shape in shapes.items()}


@golden
@pytest.mark.parametrize("name", ["attn_bahdanau_normed", "attn_luong"])
def test_a_decoder_of_one_layer_is_that_of_tensorflow_addons(name):
    """Outputs, contexts, alignments and, along a random direction of each array, gradients."""
    _, arrays = sketch_rnn.read(name)
    batch, time, size = arrays["inputs"].shape
    units = arrays["state0_h"].shape[1]
    order = np.concatenate([np.arange(units) + k * units for k in (0, 2, 1, 3)])  # i, g, f, o
    counts = (np.arange(arrays["memory"].shape[1])
              < arrays["memory_lengths"][:, None])[..., None]
    kept = (np.arange(time) < arrays["decoder_lengths"][:, None])[..., None]
    decoder = TranslationModel(
        lambda inputs: Lstm(inputs, units, forget_bias=0.0), size, 1, 1, True, False)

    def forward(a):
        w = {"embedding": a["inputs"].reshape(-1, size), "softmax/kernel": np.eye(units),
             "decoder/attention/memory_kernel": a["memory_kernel"],
             "decoder/layer0/W_x": a["cell_kernel"][:, order],
             "decoder/layer0/W_h": a["cell_recurrent"][:, order],
             "decoder/layer0/b": a["cell_bias"][order]}
        if "query_kernel" in a:
            w |= {"decoder/attention/query_kernel": a["query_kernel"]} | {
                f"decoder/attention/{part}": a[f"attention_{part}"] for part in "vgb"}
        memory = np.where(counts, a["memory"], 0)
        own = {part.rsplit("/", 1)[1]: value for part, value in w.items()
               if part.startswith("decoder/attention/")}
        keys = attention_keys(own, memory)
        state = {"layer0/cell/c": a["state0_c"], "layer0/cell/h": a["state0_h"],
                 "layer0/context": np.zeros((batch, memory.shape[2]))}
        found = []
        for t in range(time):
            h, weights, state = decoder.step(
                w, np.arange(batch) * time + t, state, memory, keys, arrays["memory_lengths"])
            found.append((h, state["layer0/context"], weights))
        return [np.stack(parts, axis=1) for parts in zip(*found)]

    drawn = {key: value.astype(np.float64) for key, value in arrays.items()
             if not key.startswith(("f64/", "grad/", "R_")) and "lengths" not in key
             and key not in ("out", "context", "alignments", "cell", "loss")}

    def loss(a):
        return sum((arrays[f"R_{key}"] * values * kept).sum()
                   for key, values in zip(("out", "ctx", "align"), forward(a)))

    for key, values in zip(("out", "context", "alignments"), forward(drawn)):
        np.testing.assert_allclose(values, arrays[f"f64/{key}"], rtol=1e-12, atol=1e-13)
    random = np.random.default_rng(3)
    for key, value in drawn.items():
        direction = random.standard_normal(value.shape)
        found = np.imag(loss(drawn | {key: value + 1j * STEP * direction})) / STEP
        expected = (arrays[f"f64/grad/{key}"] * direction).sum()
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8, err_msg=key)


@dataclass(frozen=True)
class Table(TranslationModel):
    """Logits and attention by the piece before alone."""

    logits: Any = None
    attended: Any = None

    def encode(self, w, source):
        return None, None, None, {"nothing": np.zeros((1, 1))}

    def step(self, w, token, state, memory, keys, lengths):
        return self.logits[token], self.attended[token], state


def table(logits, attended):
    return Table(None, 0, 1, 1, True, True, np.asarray(logits), np.asarray(attended))


@golden
def test_the_search_finds_the_golden_beams():
    case = json.loads((sketch_rnn.FOLDER / "attn_beam_open.json").read_text("utf-8"))
    for settings in case["cases"]:
        for b, (length, expected) in enumerate(zip(case["source_lengths"], settings["results"])):
            decoder = table(case["logits"][b], np.asarray(case["attention"][b])[:, :length])
            found = decoder.search(
                {}, [4] * length, settings["beam_width"], settings["alpha"], settings["beta"],
                case["max_steps"] / length)
            for beam, score, ids, length, log_prob, finished, known in zip(
                    found.beams, found.scores, expected["ids"], expected["lengths"],
                    expected["log_probs"], expected["finished"], expected["scores"]):
                assert list(beam.ids) == ids[:length]  # the end again and again behind it
                assert beam.finished == finished
                assert abs(beam.log_prob - log_prob) < 1e-12 and abs(score - known) < 1e-12


def test_a_wide_search_finds_the_best_of_all_sequences():
    """Every sequence of up to 3 pieces of 5, by enumeration."""
    random = np.random.default_rng(4)
    for alpha in (0.0, 0.7, 1.5):
        logits = random.standard_normal((5, 5))
        decoder = table(logits, np.full((5, 2), 0.5))
        best = -np.inf
        for length in (1, 2, 3):
            for ids in itertools.product(range(5), repeat=length):
                if END in ids[:-1] or (ids[-1] != END and length < 3):
                    continue
                log_prob = sum(log_softmax(logits[before])[piece]
                               for before, piece in zip((1, *ids), ids))
                best = max(best, log_prob / ((5 + length) / 6) ** alpha)
        found = decoder.search({}, [4, 4], 200, alpha, 0, 1.5)
        assert abs(found.scores[0] - best) < 1e-12


def test_padding_says_nothing_and_the_direction_backwards_begins_at_the_end():
    described = model()
    w = random_parameters(described)
    padded = np.array([[4, 5, 6, 7, 0], [8, 4, 0, 0, 0], [5, 6, 4, 8, 7]])
    assert lengths_of(padded).tolist() == [4, 2, 5]
    memory, keys, lengths, state = described.encode(w, padded)
    for b, length in enumerate(lengths):
        one, own_keys, _, own = described.encode(w, padded[b:b + 1, :length])
        np.testing.assert_allclose(memory[b, :length], one[0], rtol=1e-12)
        assert not memory[b, length:].any()
        np.testing.assert_allclose(keys[b, :length], own_keys[0], rtol=1e-12)
        for part, value in state.items():
            np.testing.assert_allclose(value[b], own[part][0], rtol=1e-12, err_msg=part)
    rows = np.arange(12.0).reshape(4, 3, 1)
    assert turned(rows, [4, 2, 0])[..., 0].T.tolist() == [
        [9, 6, 3, 0], [4, 1, 0, 0], [0, 0, 0, 0]]


def test_the_forms_differ_where_they_should():
    """gnmt and gnmt_v2 with the second layer alone; states passed on from the first step on."""
    source, target = np.array([[4, 5, 6]]), np.array([[7, 8, 2]])
    w = random_parameters(model())
    scores = {
        (this_context, pass_state): model(3, hyper_lstm, this_context, pass_state).score(
            w, source, target)
        for this_context in (True, False) for pass_state in (True, False)}
    each = [values for values, _ in scores.values()]
    for one, other in itertools.combinations(each, 2):
        assert np.abs(one - other).max() > 1e-3
    # the lowest layer reads the last context in both forms
    np.testing.assert_allclose(scores[True, True][1], scores[False, True][1], rtol=1e-12)
    lone = [model(1, hyper_lstm, form).score(random_parameters(model(1)), source, target)[0]
            for form in (True, False)]
    np.testing.assert_allclose(*lone, rtol=1e-12)
    assert np.exp(each[0]).max() < 1
