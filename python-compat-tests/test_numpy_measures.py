# SPDX-License-Identifier: Apache-2.0
"""The stored measures are what NumPy makes now, and NumPy agrees with cases worked by hand."""

import numpy as np
import pytest

from numpy_reference import measures


def test_the_stored_file_is_what_numpy_makes_now():
    made = measures.arrays()
    with np.load(measures.FILE) as stored:
        assert set(stored.files) == set(made)
        for name, value in made.items():
            np.testing.assert_allclose(stored[name], value, rtol=1e-12, atol=1e-14, err_msg=name)


def test_the_file_holds_the_cases_that_are_hard():
    made = measures.arrays()
    confidence = made["probabilities"].max(axis=1)
    assert np.isin(confidence, made["binEdges"]).sum() > 5  # on the edge of a bin
    assert (made["binCounts"] == 0).any()
    assert (made["probabilities"] == 0).any() and (made["draws"] == 0).any()
    for name in ("inside", "outside", "first", "second"):
        assert len(np.unique(made[name])) < len(made[name]), name
    assert np.isin(made["inside"], made["outside"]).any()
    assert (made["points"] > made["reference"]).any()


def test_two_bins_by_hand():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
    y = np.array([0, 0, 0, 1])
    # (0, 0.5]: one at 0.5, wrong; (0.5, 1]: 0.9 right, 0.8 wrong, 0.6 right
    assert measures.ece(p, y, 2) == pytest.approx(0.25 * 0.5 + 0.75 * abs(2 / 3 - 2.3 / 3))
    assert measures.nll(p, y) == pytest.approx(-np.log(0.9 * 0.2 * 0.6 * 0.5) / 4)


def test_ranks_and_pairs_by_hand():
    np.testing.assert_array_equal(measures.ranks(np.array([3, 1, 3, 2])), [3.5, 1, 3.5, 2])
    # 1 > 0, 1 = 1, 2 > both: 3.5 of 4
    assert measures.auroc(np.array([0, 1]), np.array([1, 2])) == 3.5 / 4


def test_a_staircase_by_hand():
    points = np.array([[1, 3], [2, 1], [2, 2], [5, 0]])
    # to (4, 4): 3 x 1 below (1, 3), and 2 x 2 more below (2, 1)
    assert measures.hypervolume(points, (4, 4)) == 3 + 4


def test_draws_that_contradict_each_other_disagree_by_log_2():
    draws = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    assert measures.mutual_information(draws) == pytest.approx(np.log(2))
    assert measures.entropy(draws.mean(axis=0)) == pytest.approx(np.log(2))
