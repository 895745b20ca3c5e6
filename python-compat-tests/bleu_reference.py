# SPDX-License-Identifier: Apache-2.0
"""BLEU by sacreBLEU of 100 random corpora, for the Java class Bleu.

    python python-compat-tests/bleu_reference.py

writes src/test/resources/measure/bleu.json: sentences, what sacreBLEU makes of them, and the tokens
of every different sentence. test_bleu.py checks that the file holds what sacreBLEU makes now.
"""

import json
import pathlib
import random

from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

FILE = pathlib.Path(__file__).resolve().parents[1] / "src/test/resources/measure/bleu.json"

WORDS = """le la les un une des chat chien L'homme l’été aujourd'hui c'est œuf ÉTÉ élève Deux 3 1,5
3.14 10-20 1.000.000 12h30 50% 20€ U.S. a.b. M. etc. femme-agent « oui » “bois” "bois" (noirs)
[ici] {là} neige, neige. fin! quoi? vite; ainsi: et/ou A&B &amp; &quot;mot&quot; &lt;b&gt; &amp;lt;
<skipped> … a… - -- 5- -5 1-2-3 .5 5. ,5 5, 1,,2 1..2 …. @nom #1 $5 ^ ` ~ | \\ * + = _ a_b 'mot'
‘mot’ É é ñ Straße İstanbul ΟΔΟΣ ΟΔΟΣ. 😀 😀. .😀 中文。 ١٢٫٥ ١. ½. x² ²,3 dans sous sur court lit
""".split()
GAPS = [" "] * 40 + ["  ", "\t", "\u00a0", "\u202f", "\u2003", "\u3000", "\u2028", "\x85", "\x1f",
                     "\u200b", "\ufeff", "\n", "-\n", " \r\n", "-", ""]
ENDS = [""] * 8 + [" ", "\n", "-\n", "\u00a0", ".", " ."]


def sentence(draw, pool, longest):
    words = [draw.choice(pool) for _ in range(draw.randrange(longest + 1))]
    gaps = [draw.choice(GAPS) for _ in words]
    return "".join(w + g for w, g in zip(words, gaps)).strip(" ") + draw.choice(ENDS)


def changed(draw, text, pool):
    words = text.split(" ")
    for _ in range(draw.randrange(5)):
        at = draw.randrange(len(words))
        words[at:at + draw.randrange(2)] = [draw.choice(pool)] * draw.randrange(3)
        words = words or [""]
    return "".join(c.swapcase() if draw.random() < 0.01 else c for c in " ".join(words))


def corpus(number):
    draw = random.Random(number)
    pool = draw.sample(WORDS, draw.choice([3, 8, 30, len(WORDS)]))
    references, hypotheses = [], []
    for _ in range(draw.choice([1, 1, 2, 5, 12])):
        reference = sentence(draw, pool, draw.choice([0, 2, 4, 8, 16]))
        references.append(reference)
        same = draw.random() < 0.7
        hypotheses.append(changed(draw, reference, pool) if same else sentence(draw, pool, 8))
    if number % 10 == 0:
        hypotheses[0] = ""
    return {"hypotheses": hypotheses, "references": references, "lowerCase": number % 3 == 2}


def measured(c):
    metric = BLEU(lowercase=c["lowerCase"])
    score = metric.corpus_score(c["hypotheses"], [c["references"]])
    signature = metric.get_signature().format()
    return {"score": score.score, "counts": score.counts, "totals": score.totals,
            "brevityPenalty": score.bp, "systemLength": score.sys_len,
            "referenceLength": score.ref_len, "signature": signature.rpartition("|version:")[0]}


def tokens(texts):
    tokenizer = Tokenizer13a()
    return {text: tokenizer(text).split() for text in texts}


def main():
    corpora = [corpus(number) for number in range(100)]
    texts = {t for c in corpora for t in c["hypotheses"] + c["references"]}
    lines = ",\n".join(json.dumps({**c, "bleu": measured(c)}) for c in corpora)
    split = json.dumps(tokens(sorted(texts))).replace('], "', '],\n"')
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(f'{{"corpora": [\n{lines}],\n"tokens": {split}}}\n', encoding="ascii")


if __name__ == "__main__":
    main()
