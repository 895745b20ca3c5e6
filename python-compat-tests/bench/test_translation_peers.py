# SPDX-License-Identifier: Apache-2.0
"""The translators of the speed comparison against the NumPy reference."""

import sys

import numpy as np
import pytest

import bench_rounds
import translation_nets
import translation_step
from translation_nets import MULTI30K, Size, random_batch, random_parameters

from numpy_reference.gradient import STEP  # noqa: E402  translation_nets knows where it is

# no two sizes equal, so that a wrong axis cannot pass
SMALL = Size(pieces=11, embedding=5, units=7, hyper_units=4, hyper_embedding=2, keys=6)


def torch_gradients(parameters, batch):
    pytest.importorskip("torch", reason="torch is not installed (see requirements-bench.txt)")
    import torch
    from translation_torch import Translation

    model = Translation(parameters)
    loss = model.loss(*(torch.from_numpy(ids).long() for ids in batch))
    loss.backward()
    return loss.item(), model.gradients()


def keras_gradients(parameters, batch):
    pytest.importorskip("tensorflow")
    from translation_keras import gradients

    return gradients(parameters, batch)


def numpy_loss(w, batch):
    """Nats a sentence by the NumPy reference."""
    source, _, said = batch
    each, _ = translation_nets.model(SMALL).score(w, source, said)
    return -each.sum() / len(source)


def test_the_parameters_are_those_of_the_specification():
    """8,899,585 by hand: see the formula of a HyperLSTM; the embedding serves both languages."""
    assert sum(np.prod(shape) for shape in translation_nets.shapes(MULTI30K).values()) == 8_899_585


def test_what_is_read_is_what_was_to_be_said_before():
    source, read, said = random_batch(SMALL, 5, 6, 4, np.random.default_rng(2), shortest=1)
    assert (source > 3).sum(axis=1).max() == 6 and (source > 3).sum(axis=1).min() < 6
    lengths = (said != 0).sum(axis=1)
    assert lengths.max() == 4 and (said[np.arange(5), lengths - 1] == 2).all()
    assert (read[:, 0] == 1).all()
    for row, own, length in zip(read, said, lengths):
        assert row[1:length].tolist() == own[:length - 1].tolist()


@pytest.mark.parametrize("peer", [torch_gradients, keras_gradients])
def test_a_net_is_that_of_the_numpy_reference(peer):
    """The loss, and a derivative along one direction for each parameter by a complex step."""
    random = np.random.default_rng(3)
    parameters = random_parameters(SMALL)
    batch = random_batch(SMALL, 4, 6, 5, random, shortest=2)
    loss, found = peer(parameters, batch)
    w = {name: value.astype(np.float64) for name, value in parameters.items()}
    np.testing.assert_allclose(loss, numpy_loss(w, batch), rtol=1e-5)
    assert found.keys() == w.keys()
    for name, value in w.items():
        direction = random.standard_normal(value.shape)
        moved = w | {name: value + 1j * STEP * direction}
        expected = np.imag(numpy_loss(moved, batch)) / STEP
        scale = np.sqrt((found[name].astype(np.float64) ** 2).sum())
        assert scale > 0, name
        assert abs((found[name] * direction).sum() - expected) < 1e-4 * scale + 1e-6, name


@pytest.mark.parametrize("package", ["torch", "tensorflow"])
def test_training_goes_down(package):
    pytest.importorskip(package, reason=f"{package} is not installed")
    if package == "torch":
        from translation_torch import trainer
    else:
        from translation_keras import trainer
    batch = random_batch(SMALL, 8, 5, 4, np.random.default_rng(6), shortest=2)
    train = trainer(random_parameters(SMALL), keep=1.0)
    losses = [train(*batch) for _ in range(20)]
    assert losses[-1] < losses[0] - 0.05 and max(np.diff(losses)) < 0
    dropping = trainer(random_parameters(SMALL), keep=0.5)
    first = dropping(*batch)
    # the same parameters, and half of every input
    assert np.isfinite(first) and abs(first - losses[0]) > 1e-4


def test_speeds_are_those_of_all_pieces():
    """64 (16 + 17) pieces in a quarter of a second."""
    rows = translation_step.with_speeds(
        {"java": {"medianStepMillis": 250.0}, "torch": {"medianStepMillis": 500.0,
                                                        "javaRatio": 0.5}}, 64)
    assert rows["java"]["piecesPerSecond"] == 8448 and rows["torch"]["piecesPerSecond"] == 4224
    assert rows["torch"]["speedRatio"] == 2 and "speedRatio" not in rows["java"]


def test_a_time_is_that_of_one_net():
    """The worker's line: time and size."""
    pytest.importorskip("torch", reason="torch is not installed (see requirements-bench.txt)")
    result = bench_rounds.run([
        sys.executable, translation_step.__file__, "--worker", "torch", "--batch", "1",
        "--steps", "1", "--threads", "1"])
    assert result["parameters"] == 8_899_585 and result["medianStepMillis"] > 0


def test_a_folder_without_a_translator_is_named(tmp_path):
    import translation_beam

    with pytest.raises(SystemExit, match="not the version folder of an exported translation model"):
        translation_beam.guide_of(tmp_path)
