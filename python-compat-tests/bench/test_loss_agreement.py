# SPDX-License-Identifier: Apache-2.0
"""What loss_agreement.py makes of two rows of losses, and of a command line."""

import sys

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


@pytest.mark.parametrize("options,environment,expected", [
    (["", "--gpu"], {}, "tf32"),  # as TensorFlow computes on a GPU since Ampere
    (["", "--gpu -- --devices GPU:1"], {"NVIDIA_TF32_OVERRIDE": "0"}, "float32"),
    (["", "--gpu"], {"NVIDIA_TF32_OVERRIDE": "1"}, "tf32"),
    (["", "-- --set training.xla=step"], {}, "float32")])  # both on the CPU
def test_a_gpu_multiplies_in_tf32_unless_told(options, environment, expected):
    assert loss_agreement.precision(options, environment) == expected


def test_tf32_has_the_wider_tolerance():
    """Both factors are rounded to 10 bits of fraction, by at most 2^-11 each."""
    assert loss_agreement.TOLERANCES == {"float32": 1e-3, "tf32": 1e-2}
    assert 2 * 2**-11 < 1e-2


def test_another_launcher_and_a_path_with_a_space():
    words = loss_agreement.command(
        "-- --data 'a b'", "a.json", 3, "r", launcher="bash 'my run.sh' hypernet4j")
    assert words[:7] == [
        "bash", "my run.sh", "hypernet4j", "train", "a.json", "--data", "a b"]


def test_float32_keeps_flags_of_ones_own_and_xla_from_triton():
    assert loss_agreement.float32({"XLA_FLAGS": "--xla_dump_to=d"}) == {
        "NVIDIA_TF32_OVERRIDE": "0",
        "XLA_FLAGS": "--xla_dump_to=d --xla_gpu_enable_triton_gemm=false"}
    assert loss_agreement.float32({})["XLA_FLAGS"] == "--xla_gpu_enable_triton_gemm=false"


def test_two_trainings_run_at_the_same_time_and_keep_their_order(tmp_path):
    """Each waits for the file that the other makes; a failed one is told in its own words."""
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        "import pathlib, sys, time\n"
        "here, words = pathlib.Path(sys.argv[1]), sys.argv[2:]\n"
        "mine = words[0] if words[0] != 'train' else 'first'\n"
        "if 'broken' in words: print('error: no such thing', file=sys.stderr); sys.exit(2)\n"
        "(here / mine).touch()\n"
        "other = here / ('--gpu' if mine == 'first' else 'first')\n"
        "end = time.time() + 20\n"
        "while not other.exists() and time.time() < end: time.sleep(0.01)\n"
        "run = pathlib.Path(words[words.index('--run') + 1]); run.mkdir()\n"
        "loss = 1 if mine == 'first' else 2\n"
        "(run / 'metrics.jsonl').write_text('{\"kind\":\"train\",\"loss\":%d}' % loss)\n"
        "sys.exit(0 if other.exists() else 1)\n")
    command = f"{sys.executable} {launcher} {tmp_path}"
    assert loss_agreement.both("", "--gpu", "a.json", 1, command) == [[1], [2]]
    with pytest.raises(loss_agreement.TrainingFailed, match="error: no such thing"):
        loss_agreement.both("-- broken", "--gpu", "a.json", 1, command)
