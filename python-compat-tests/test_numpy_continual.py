# SPDX-License-Identifier: Apache-2.0
"""The stored training of three tasks is what NumPy makes now, and does what it is said to do."""

import numpy as np
import pytest

from numpy_reference import continual


@pytest.fixture(scope="module")
def made():
    return continual.arrays()


def test_the_stored_file_is_what_numpy_makes_now(made):
    with np.load(continual.FILE) as stored:
        assert set(stored.files) == set(made)
        for name, value in made.items():
            np.testing.assert_allclose(stored[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_looking_ahead_matters(made):
    """From the first step of the second task on; without it that step has no drift to mend."""
    name = "generator/output/W"
    for step in range(1, 4):
        np.testing.assert_array_equal(made[f"ahead:{step}:{name}"], made[f"still:{step}:{name}"])
    assert np.abs(made[f"ahead:4:{name}"] - made[f"still:4:{name}"]).max() > 1e-3


def test_embeddings_of_other_tasks_stay(made):
    for case in ("ahead", "still"):
        for step in range(2, 10):
            before, after = (made[f"{case}:{s}:{continual.EMBEDDINGS}"] for s in (step - 1, step))
            moved = np.abs(after - before).max(axis=1) > 0
            assert moved.tolist() == [t == (step - 1) // 3 for t in range(3)]


def test_the_drift_by_hand():
    """One earlier task, all weights moved by 0.1: beta times 46 hundredths."""
    p, _, _ = continual.beginning()
    star = continual.generated(p, p["tasks/z"][0])
    star = {name: value + 0.1 for name, value in star.items()}
    assert continual.drift(p, [star], p["tasks/z"], 1) == pytest.approx(continual.BETA * 0.46)
