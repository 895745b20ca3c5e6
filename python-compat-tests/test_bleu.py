# SPDX-License-Identifier: Apache-2.0
"""The stored scores, which the Java class Bleu has to give, are what sacreBLEU gives now."""

import json

import pytest

import bleu_reference


@pytest.fixture(scope="module")
def stored():
    return json.loads(bleu_reference.FILE.read_text(encoding="ascii"))


def test_the_stored_scores_are_what_sacrebleu_gives_now(stored):
    assert len(stored["corpora"]) == 100
    for corpus in stored["corpora"]:
        made = bleu_reference.measured(corpus)
        for name in ("score", "brevityPenalty"):
            assert made[name] == pytest.approx(corpus["bleu"][name], rel=1e-12), corpus
            made[name] = corpus["bleu"][name]
        assert made == corpus["bleu"]


def test_the_stored_tokens_are_what_sacrebleu_gives_now(stored):
    assert bleu_reference.tokens(stored["tokens"]) == stored["tokens"]


def test_the_file_holds_the_cases_that_are_hard(stored):
    scores = [c["bleu"]["score"] for c in stored["corpora"]]
    assert sum(0 < s < 100 for s in scores) > 50 and 0 in scores and max(scores) > 99
    smoothed = [c for c in stored["corpora"] if c["bleu"]["score"] > 0 and 0 in c["bleu"]["counts"]]
    assert len(smoothed) > 5
    assert any("" in c["hypotheses"] for c in stored["corpora"])
    assert any(c["bleu"]["brevityPenalty"] < 1 for c in stored["corpora"])
    text = "".join(stored["tokens"])
    for part in ("\u2019", "\u2026", "\u00a0", "\u2028", "\x85", "-\n", "&quot;", "<skipped>",
                 "\U0001f600", "\u0130", "\u03a3"):
        assert part in text, part
