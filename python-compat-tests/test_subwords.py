# SPDX-License-Identifier: Apache-2.0
"""Hugging Face tokenizers read a vocabulary that Java made, and cut text into the same ids.

HYPERNET4J_SUBWORDS names the folder that the Java test SubwordFilesTest wrote: pieces.txt,
merges.txt, tokenizer.json, and lines.json with 1,000 lines and what Java made of them. Many hold
characters that the vocabulary lacks, characters outside the BMP, combining marks, tabs, double and
other blanks, and what looks like a special piece.
"""

import json
import os
import pathlib

import pytest

FOLDER = os.environ.get("HYPERNET4J_SUBWORDS")
if not FOLDER:
    pytest.skip("HYPERNET4J_SUBWORDS is not set to a vocabulary", allow_module_level=True)

tokenizers = pytest.importorskip("tokenizers")
from tokenizers import models, normalizers, pre_tokenizers  # noqa: E402

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
UNKNOWN = 3


def lines_of(name):
    text = (pathlib.Path(FOLDER) / name).read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return text[:-1].split("\n")  # splitlines() would also split at characters within a piece


@pytest.fixture(scope="module")
def cases():
    return json.loads((pathlib.Path(FOLDER) / "lines.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def from_json():
    return tokenizers.Tokenizer.from_file(str(pathlib.Path(FOLDER) / "tokenizer.json"))


@pytest.fixture(scope="module")
def from_parts():
    """The same from pieces.txt and merges.txt, as docs/subwords.md describes them."""
    pieces = lines_of("pieces.txt")
    merges = [tuple(line.split(" ")) for line in lines_of("merges.txt")]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    made = tokenizers.Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>"))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace("\u2581", " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace("\u2581", prepend_scheme="always", split=False),
        ]
    )
    return made


def test_special_pieces_come_first(from_json):
    assert lines_of("pieces.txt")[:4] == SPECIAL
    assert [from_json.token_to_id(piece) for piece in SPECIAL] == [0, 1, 2, 3]
    assert from_json.get_vocab_size() == len(lines_of("pieces.txt"))


@pytest.mark.parametrize("source", ["from_json", "from_parts"])
def test_the_ids_are_those_of_java(source, cases, request):
    tokenizer = request.getfixturevalue(source)
    assert len(cases) == 1000
    for case in cases:
        assert tokenizer.encode(case["text"]).ids == case["ids"], ascii(case["text"])
    ids = [number for case in cases for number in case["ids"]]
    assert 1000 < ids.count(UNKNOWN) < len(ids) / 4  # the lines are neither tame nor hopeless
    assert len(set(ids)) > 300


def test_the_text_is_that_of_java(from_json, cases):
    for case in cases:
        known = [number for number in case["ids"] if number >= len(SPECIAL)]
        # Java leaves out the blank of a word whose characters are all unknown
        assert " ".join(from_json.decode(known).split()) == " ".join(case["decoded"].split())
        assert case["decoded"].strip(" ") == case["decoded"]
        assert "  " not in case["decoded"]
