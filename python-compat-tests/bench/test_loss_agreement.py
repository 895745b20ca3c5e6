"""What loss_agreement.py makes of two rows of losses, and of a command line."""

import pytest

import loss_agreement


def test_the_largest_difference_is_relative_to_the_first():
    assert loss_agreement.compare([2.0, 4.0], [2.002, 4.002], 1e-2) == (pytest.approx(1e-3), None)


def test_the_first_step_beyond_the_tolerance_is_named():
    assert loss_agreement.compare([1.0, 1.0, 1.0], [1.0, 1.1, 1.2], 1e-3)[1] == 2


def test_a_loss_that_is_no_number_is_beyond_every_tolerance():
    assert loss_agreement.compare([1.0, 1.0], [1.0, float("nan")], 1e-3)[1] == 2


def test_rows_of_different_length_are_refused():
    with pytest.raises(SystemExit, match="1 steps against 2"):
        loss_agreement.compare([1.0], [1.0, 1.0], 1e-3)


def test_options_stand_before_and_behind_train():
    words = loss_agreement.command("--gpu -- --threads 1", "a.json", 3, "r")
    assert words[1:6] == ["--gpu", "train", "a.json", "--threads", "1"]
