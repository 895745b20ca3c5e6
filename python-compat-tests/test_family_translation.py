# SPDX-License-Identifier: Apache-2.0
"""Exported translation models, as a client uses them, against the NumPy reference in float64.

Three layers of HyperLSTMs with normalised additive attention, GNMT's context and the encoder's
state, and two of LSTMs with scaled multiplicative attention, the context of the step and a decoder
that begins with zeros. The sentences were never seen in Java.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import exported_family

NAMES = ("translation-hyperlstm", "translation-lstm")
FOLDERS = {name: exported_family.folder(name) for name in NAMES}
tf = pytest.importorskip("tensorflow")

import exported_translation  # noqa: E402
from exported_translation import alias  # noqa: E402
from keras_twin import read_export  # noqa: E402
from numpy_reference.gradient import STEP  # noqa: E402
from numpy_reference.translation import END, PAD, START, lengths_of  # noqa: E402

SENTENCES = ("A dog runs in the snow.", "Un chat dort.", "The red wood", "A", "Deux hommes lit")


class Exported:
    """A model, its reference, and sentences for both."""

    def __init__(self, name):
        self.folder = FOLDERS[name]
        self.manifest = json.loads(
            (self.folder / "assets.extra" / "manifest.json").read_text("utf-8"))
        self.guide = self.manifest["guide"]
        self.loaded = tf.saved_model.load(str(self.folder))
        self.model = exported_translation.reference(self.manifest)
        self.w = {name: np.asarray(value, np.float64)
                  for name, value in read_export(self.folder).items()}
        self.pieces = self.guide["modelPieces"]
        random = np.random.default_rng(5)
        self.source = padded([
            random.integers(4, self.pieces, length).tolist() for length in (7, 1, 4, 2, 6, 3)])
        self.target = padded([
            random.integers(3, self.pieces, length - 1).tolist() + [END]
            for length in (5, 3, 8, 1, 6, 2)])

    def call(self, key, **inputs):
        """The outputs as arrays."""
        answer = self.loaded.signatures[key](
            **{name: tf.constant(value) for name, value in inputs.items()})
        return {name: value.numpy() for name, value in answer.items()}


@pytest.fixture(scope="module", params=NAMES)
def exported(request):
    return Exported(request.param)


def padded(rows):
    ids = np.full((len(rows), max(map(len, rows))), PAD, np.int32)
    for row, own in zip(ids, rows):
        row[:len(own)] = own
    return ids


def assert_near(actual, expected, where=""):
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=2e-5, err_msg=where)


def pieces_of(exported, text):
    """Ids of a text by the files beside the model: the most wanted pair is merged first."""
    files = {path.rsplit("/", 1)[-1]: exported.folder / path
             for path in exported.guide["subwords"]["files"]}
    pieces, merges = (
        files[name].read_text("utf-8").removesuffix("\n").split("\n")
        for name in ("pieces.txt", "merges.txt"))
    merges = [tuple(line.split(" ")) for line in merges]
    ids = []
    for word in text.split():
        parts = list("\u2581" + word)
        while True:
            found = [merges.index(pair) for pair in zip(parts, parts[1:]) if pair in merges]
            if not found:
                break
            pair, merged, at = merges[min(found)], [], 0
            while at < len(parts):
                both = tuple(parts[at:at + 2]) == pair
                merged.append("".join(pair) if both else parts[at])
                at += 2 if both else 1
            parts = merged
        ids += [pieces.index(part) if part in pieces else 3 for part in parts]
    return ids


def sentences(exported):
    return padded([pieces_of(exported, text) for text in SENTENCES])


def test_parameters_and_state_are_those_of_the_reference(exported):
    shapes = exported.model.shapes(
        exported.pieces, exported_translation.attention_shapes(exported.manifest))
    assert {name: value.shape for name, value in exported.w.items()} == shapes
    assert exported.guide["state"] == {
        alias(part): size for part, size in exported.model.state_sizes().items()}
    assert set(exported.loaded.signatures) == {
        "serving_default", "greedy", "score", "encode", "step"}


def test_the_vocabulary_lies_beside_the_model(exported):
    vocabulary = exported.guide["subwords"]
    assert (vocabulary["pad"], vocabulary["start"], vocabulary["end"]) == (PAD, START, END)
    assert vocabulary["size"] == exported.pieces
    ids = sentences(exported)
    # the characters of its own sentences are known, and whole words are merged
    assert 3 not in ids and len(lengths_of(ids)) == len(SENTENCES)
    assert lengths_of(ids)[0] < len(SENTENCES[0]) - 5
    for path in vocabulary["files"]:
        data = (exported.folder / path).read_bytes()
        entry = exported.manifest["files"][path]
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]


def test_encode(exported):
    for source in (exported.source, sentences(exported)):
        answer = exported.call("encode", source_ids=source)
        memory, keys, lengths, state = exported.model.encode(exported.w, source)
        assert_near(answer.pop("memory"), memory, "memory")
        counts = np.arange(source.shape[1]) < lengths[:, None]
        assert not memory[~counts].any()
        assert_near(answer.pop("keys"), keys, "keys")
        np.testing.assert_array_equal(answer.pop("source_lengths"), lengths)
        assert set(answer) == {alias(part) for part in state}
        for part, value in state.items():
            assert_near(answer[alias(part)], value, part)


def test_steps_are_those_of_the_reference_even_by_way_of_json(exported):
    answer = exported.call("encode", source_ids=exported.source)
    memory, keys, lengths, state = exported.model.encode(exported.w, exported.source)
    token = np.full(len(lengths), START)
    for following in exported.target.T:
        sent = {name: np.array(json.loads(json.dumps(value.tolist())), value.dtype)
                for name, value in answer.items()}
        step = exported.call("step", token=token.astype(np.int32), **sent)
        logits, weights, state = exported.model.step(
            exported.w, token, state, memory, keys, lengths)
        logits = logits - logits.max(axis=1, keepdims=True)
        assert_near(
            step.pop("log_probs"),
            logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), "log_probs")
        alignment = step.pop("alignment")
        assert_near(alignment, weights, "alignment")
        assert not alignment[np.arange(weights.shape[1]) >= lengths[:, None]].any()
        for part, value in state.items():
            assert_near(step[alias(part)], value, part)
        answer |= step
        token = following


def test_score(exported):
    for source, target in ((exported.source, exported.target),
                           (sentences(exported), sentences(exported)[::-1])):
        answer = exported.call("score", source_ids=source, target_ids=target)
        each, alignments = exported.model.score(exported.w, source, target)
        np.testing.assert_array_equal(answer["lengths"], lengths_of(target))
        assert_near(answer["token_log_probs"], each, "token_log_probs")
        assert_near(answer["alignments"], alignments, "alignments")
        behind = np.arange(target.shape[1]) >= lengths_of(target)[:, None]
        assert not answer["token_log_probs"][behind].any()
        assert not answer["alignments"][behind].any()


def test_gradients_of_the_score_are_those_of_the_reference(exported):
    """A derivative along one random direction for each parameter, by a complex step in NumPy."""
    random = np.random.default_rng(8)
    variables = {variable.name.split(":")[0]: variable
                 for variable in exported.loaded.trainable_variables}
    assert variables.keys() == exported.w.keys()
    weights = random.standard_normal(exported.target.shape)
    with tf.GradientTape() as tape:
        answer = exported.loaded.signatures["score"](
            source_ids=tf.constant(exported.source), target_ids=tf.constant(exported.target))
        total = tf.reduce_sum(
            tf.constant(weights, tf.float32) * answer["token_log_probs"])
    gradients = tape.gradient(total, variables)
    for name, value in exported.w.items():
        gradient = tf.convert_to_tensor(gradients[name]).numpy()
        direction = random.standard_normal(value.shape)
        moved = exported.w | {name: value + 1j * STEP * direction}
        each, _ = exported.model.score(moved, exported.source, exported.target)
        expected = np.imag((weights * each).sum()) / STEP
        scale = np.sqrt((gradient.astype(np.float64) ** 2).sum())
        assert scale > 0, name
        assert abs((gradient * direction).sum() - expected) < 1e-3 * scale + 1e-5, name


def searched(exported, source, beams, alpha=0.0, beta=0.0):
    factor = exported.guide["search"]["lengthFactor"]
    return [
        exported.model.search(exported.w, row[:length], beams, alpha, beta, factor)
        for row, length in zip(source, lengths_of(source))]


def as_row(ids, width):
    return list(ids) + [PAD] * (width - len(ids))


def test_greedy(exported):
    for source in (exported.source, sentences(exported)):
        answer = exported.call("greedy", source_ids=source)
        width = answer["ids"].shape[1]
        compared = 0
        for b, found in enumerate(searched(exported, source, 1)):
            if found.margin < 1e-3:
                continue
            best, compared = found.beams[0], compared + 1
            assert answer["ids"][b].tolist() == as_row(best.ids, width)
            assert answer["lengths"][b] == len(best.ids)
            assert_near(answer["log_probs"][b], best.log_prob, "log_probs")
            assert_alignments(answer["alignments"][b], best)
        assert compared >= len(source) - 1


def test_serving_default_finds_the_beams_of_a_plain_search(exported):
    settings = exported.guide["search"]
    lengths = set()
    for source in (exported.source, sentences(exported)):
        answer = exported.call("serving_default", source_ids=source)
        assert answer["ids"].shape[:2] == (len(source), settings["beams"])
        width = answer["ids"].shape[2]
        compared = 0
        for b, found in enumerate(searched(
                exported, source, settings["beams"], settings["alpha"], settings["beta"])):
            if found.margin < 1e-3:
                continue
            compared += 1
            assert answer["ids"][b].tolist() == [as_row(beam.ids, width) for beam in found.beams]
            assert answer["lengths"][b].tolist() == [len(beam.ids) for beam in found.beams]
            lengths |= set(answer["lengths"][b].tolist())
            assert_near(answer["scores"][b], found.scores, "scores")
            assert_near(
                answer["log_probs"][b], [beam.log_prob for beam in found.beams], "log_probs")
            assert_alignments(answer["alignments"][b], found.beams[0])
        assert compared >= len(source) / 2
    assert len(lengths) >= 4


def assert_alignments(actual, beam):
    """[T, S], zeros behind the beam's pieces and behind the source's."""
    expected = np.array(beam.alignments)
    assert_near(actual[:len(expected), :expected.shape[1]], expected, "alignments")
    assert not actual[len(expected):].any() and not actual[:, expected.shape[1]:].any()


def test_a_batch_is_its_sentences_and_padding_says_nothing(exported):
    """Whatever else is in the batch and however wide it is."""
    wide = np.pad(exported.source, ((0, 0), (0, 3)), constant_values=PAD)
    whole = exported.call("serving_default", source_ids=wide)
    for b, length in enumerate(lengths_of(wide)):
        one = exported.call("serving_default", source_ids=exported.source[b:b + 1, :length])
        width = one["ids"].shape[2]
        np.testing.assert_array_equal(whole["ids"][b, :, :width], one["ids"][0])
        assert not whole["ids"][b, :, width:].any()
        np.testing.assert_array_equal(whole["lengths"][b], one["lengths"][0])
        for name in ("scores", "log_probs"):
            assert_near(whole[name][b], one[name][0], name)


@pytest.mark.parametrize("key", ["serving_default", "greedy", "encode", "score"])
def test_what_is_no_sentence_is_an_error(exported, key):
    for row in ([0, 0, 0], [5, exported.pieces, 6], [5, -1, 6]):
        source = np.array([[5, 6, 7], row], np.int32)
        inputs = {"source_ids": source} | (
            {"target_ids": exported.target[:2]} if key == "score" else {})
        with pytest.raises(tf.errors.InvalidArgumentError):
            exported.call(key, **inputs)


def test_the_benchmark_of_the_search_compares_equal_translations():
    script = pathlib.Path(__file__).parent / "bench" / "translation_beam.py"
    line = subprocess.run(
        [sys.executable, script, FOLDERS[NAMES[1]], "--sentences", "3", "--length", "5",
         "--rounds", "1", "--threads", "1", "--json"],
        check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    found = json.loads(line)
    assert (found["sentences"], found["length"], found["beams"]) == (3, 5, 4)
    assert 1 <= found["medianPieces"] <= found["steps"] <= 8  # 1.5 times 5, rounded up
    assert found["ratio"] == found["aloneMillis"] / found["togetherMillis"] > 0
