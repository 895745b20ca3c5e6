# SPDX-License-Identifier: Apache-2.0
"""A translator after GNMT: encoder, attention, decoder, and its searches.

Ids are batch-major: 0 behind the end of a sentence, 1 before the first piece, 2 after the last.
"""

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from .maths import beside
from .names import below, under
from .sequence import run

PAD, START, END = 0, 1, 2
FIRST_RESIDUAL = 2  # the layer, counted from 0, from which on what it reads is added to its output


def lengths_of(ids):
    """Ids before the padding at the end of each row [B, S]."""
    return np.array([np.max(np.nonzero(row)[0], initial=-1) + 1 for row in np.asarray(ids)])


def log_softmax(x):
    x = x - x.real.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def attention_keys(w, memory):
    """What does not depend on a query, [B, S, A]: m W_m, + b if there is one, times g if Luong's."""
    keys = memory @ w["memory_kernel"]
    return keys + w.get("b", 0.0) if "query_kernel" in w else keys * w.get("g", 1.0)


def attention(w, keys, lengths, query):
    """Weights [B, S] of a query [B, N]: Bahdanau's score if there is a query kernel, else Luong's.

    sum_a v_a tanh(m W_m + q W_q)_a; normalised, with g v / |v| for v and + b; or q . (m W_m).
    """
    if "query_kernel" in w:
        v = w["v"]
        if "g" in w:
            v = w["g"] * v / np.sqrt((v * v).sum())
        scores = np.tanh(keys + (query @ w["query_kernel"])[:, None]) @ v
    else:
        scores = (keys * query[:, None]).sum(axis=-1)
    counts = np.arange(scores.shape[1]) < np.asarray(lengths)[:, None]
    scores = scores - np.where(counts, scores.real, -np.inf).max(axis=1, keepdims=True)
    weights = np.where(counts, np.exp(np.where(counts, scores, 0)), 0)
    return weights / weights.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class TranslationModel:
    """Parameters: `embedding` [V, e], `softmax/kernel` [N, V], `encoder/forwards/..`,
    `encoder/backwards/..`, `encoder/layerK/..`, `decoder/layerK/..`, `decoder/attention/..`.

    cell(inputs) is a cell of any layer. The state of the decoder has the parts of its cells below
    `layerK`, those of the lowest below `layer0/cell`, and `layer0/context`.

    this_context: upper layers of the decoder read the context of this step (gnmt_v2), not that of
    the step before (gnmt). pass_state: a layer of the decoder begins with the last state of the
    encoder's layer (of the lowest that backwards), not with zeros.
    """

    cell: Callable[[int], Any]
    embedding_size: int
    encoder_layers: int
    decoder_layers: int
    this_context: bool
    pass_state: bool

    @property
    def units(self):
        return self.cell(self.embedding_size).output_size

    @property
    def memory_size(self):
        return self.units if self.encoder_layers > 1 else 2 * self.units

    def encoder_cell(self, layer):
        return self.cell((self.embedding_size, 2 * self.units)[layer] if layer < 2 else self.units)

    def decoder_cell(self, layer):
        return self.cell((self.units if layer else self.embedding_size) + self.memory_size)

    def shapes(self, pieces, attention_shapes):
        """{name: shape} of all parameters."""
        shapes = {
            "embedding": (pieces, self.embedding_size), "softmax/kernel": (self.units, pieces),
            **under("decoder/attention", attention_shapes)}
        for way in ("forwards", "backwards"):
            shapes |= under(f"encoder/{way}", self.encoder_cell(0).shapes())
        for layer in range(1, self.encoder_layers):
            shapes |= under(f"encoder/layer{layer}", self.encoder_cell(layer).shapes())
        for layer in range(self.decoder_layers):
            shapes |= under(f"decoder/layer{layer}", self.decoder_cell(layer).shapes())
        return shapes

    def state_sizes(self):
        """{part: size} of the decoder's state."""
        sizes = {}
        for layer in range(self.decoder_layers):
            scope = f"layer{layer}" if layer else "layer0/cell"
            sizes |= under(scope, self.decoder_cell(layer).state_sizes())
            if not layer:
                sizes["layer0/context"] = self.memory_size
        return sizes

    def encode(self, w, source):
        """Memory [B, S, D], keys [B, S, A], lengths [B] and the state before the first step."""
        lengths = lengths_of(source)
        xs = np.moveaxis(w["embedding"][np.asarray(source)], 1, 0)
        last = []

        def layer(scope, number, rows):
            cell = self.encoder_cell(number)
            zero = {part: np.zeros((len(lengths), size))
                    for part, size in cell.state_sizes().items()}
            outputs, states = run(cell, below(scope, w), rows, zero, lengths=lengths)
            return np.stack(outputs), states[-1]

        forwards, _ = layer("encoder/forwards", 0, xs)
        backwards, state = layer("encoder/backwards", 0, turned(xs, lengths))
        last.append(state)
        xs = beside(forwards, turned(backwards, lengths))
        for number in range(1, self.encoder_layers):
            outputs, state = layer(f"encoder/layer{number}", number, xs)
            xs = outputs + xs if number >= FIRST_RESIDUAL else outputs
            last.append(state)
        memory = np.moveaxis(xs, 0, 1)
        state = {part: np.zeros((len(lengths), size)) for part, size in self.state_sizes().items()}
        if self.pass_state:
            for number, parts in enumerate(last):
                state |= under(f"layer{number}" if number else "layer0/cell", parts)
        keys = attention_keys(below("decoder/attention", w), memory)
        return memory, keys, lengths, state

    def step(self, w, token, state, memory, keys, lengths):
        """Logits [B, V] after a piece [B], weights of the memory [B, S] and the next state."""
        before = state["layer0/context"]
        h, parts = self.decoder_cell(0).step(
            below("decoder/layer0", w), beside(w["embedding"][np.asarray(token)], before),
            below("layer0/cell", state), {})
        weights = attention(below("decoder/attention", w), keys, lengths, h)
        context = (weights[..., None] * memory).sum(axis=1)
        following = under("layer0/cell", parts) | {"layer0/context": context}
        read = context if self.this_context else before
        for layer in range(1, self.decoder_layers):
            output, parts = self.decoder_cell(layer).step(
                below(f"decoder/layer{layer}", w), beside(h, read), below(f"layer{layer}", state),
                {})
            h = output + h if layer >= FIRST_RESIDUAL else output
            following |= under(f"layer{layer}", parts)
        return h @ w["softmax/kernel"], weights, following

    def score(self, w, source, target):
        """Log-probability of each piece of target [B, T], 0 behind its end, and alignments."""
        memory, keys, lengths, state = self.encode(w, source)
        target = np.asarray(target)
        counts = np.arange(target.shape[1]) < lengths_of(target)[:, None]
        token, each, alignments = np.full(len(target), START), [], []
        for following in target.T:
            logits, weights, state = self.step(w, token, state, memory, keys, lengths)
            each.append(log_softmax(logits)[np.arange(len(target)), following])
            alignments.append(weights)
            token = following
        return (np.where(counts, np.stack(each, axis=1), 0),
                np.where(counts[..., None], np.stack(alignments, axis=1), 0))

    def search(self, w, source, beams, alpha=0.0, beta=0.0, factor=2.0):
        """The beams of one sentence of ids, without padding; see `Beams`.

        Every candidate of a step is looked at: the pieces after each beam that goes on, and a
        finished beam as it is. The best by log-probability over length penalty remain, equal ones
        in the order of beam and piece; the end counts as a piece. Attention decides the order of
        the beams that remained in the end, and no more.
        """
        memory, keys, lengths, state = self.encode(w, np.asarray(source)[None])
        limit = max(1, int(np.ceil(np.float32(len(source)) * np.float32(factor))))
        alive = [Beam((), 0.0, (), {part: value[0] for part, value in state.items()})]
        margin = np.inf
        for _ in range(limit):
            going = [beam for beam in alive if not beam.finished]
            if not going:
                break
            stacked = {part: np.stack([beam.state[part] for beam in going])
                       for part in going[0].state}
            token = [beam.ids[-1] if beam.ids else START for beam in going]
            logits, weights, stacked = self.step(w, token, stacked, memory, keys, lengths)
            gains, row, candidates = log_softmax(logits), 0, []
            for beam in alive:
                if beam.finished:
                    candidates.append(beam)
                    continue
                own = {part: value[row] for part, value in stacked.items()}
                candidates += [
                    Beam(beam.ids + (piece,), beam.log_prob + gain,
                         beam.alignments + (weights[row],), own)
                    for piece, gain in enumerate(gains[row])]
                row += 1
            candidates.sort(key=lambda beam: -beam.normalised(alpha))  # stable
            if len(candidates) > beams:
                margin = min(margin, candidates[beams - 1].normalised(alpha)
                             - candidates[beams].normalised(alpha))
            alive = candidates[:beams]
        alive.sort(key=lambda beam: -beam.score(alpha, beta))
        scores = [beam.score(alpha, beta) for beam in alive]
        return Beams(alive, scores, min([margin, *-np.diff(scores)]))


@dataclass(frozen=True)
class Beam:
    """A translation so far: its ids, its log-probability, the weights of each step, its state."""

    ids: tuple
    log_prob: float
    alignments: tuple
    state: dict

    @property
    def finished(self):
        return self.ids[-1:] == (END,)

    def normalised(self, alpha):
        return self.log_prob / ((5 + len(self.ids)) / 6) ** alpha

    def score(self, alpha, beta):
        coverage = np.minimum(np.maximum(np.sum(self.alignments, axis=0), 1e-10), 1)
        return self.normalised(alpha) + beta * np.log(coverage).sum()


@dataclass(frozen=True)
class Beams:
    """The beams of a sentence, best first, their scores, and by how much the closest decision was
    taken: another calculation must make the same ones only where its errors are smaller."""

    beams: list
    scores: list
    margin: float


def turned(xs, lengths):
    """Sequences [S, B, n], each backwards within its length; zeros behind it."""
    result = np.zeros_like(xs)
    for b, length in enumerate(lengths):
        result[:length, b] = xs[:length, b][::-1]
    return result
