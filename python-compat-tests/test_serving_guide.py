# SPDX-License-Identifier: Apache-2.0
"""The client that docs/serving.md shows, run as it stands there against the stand-in.

HYPERNET4J_MODEL names the version folder of a language model of characters.
"""

import json
import pathlib
import re

import numpy as np
import pytest

import exported_model

FOLDER = exported_model.folder()
tf = pytest.importorskip("tensorflow")

from serving_stand_in import StandIn  # noqa: E402

GUIDE = pathlib.Path(__file__).parent.parent / "docs" / "serving.md"


def test_the_client_of_the_guide_writes_text(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    vocabulary = json.loads((FOLDER / "assets.extra" / "vocabulary.json").read_text("utf-8"))
    prompt = "".join(vocabulary["symbols"][:3])
    with StandIn(FOLDER, "m") as server:
        for was, now in [
            (r'Path\("export/.*?"\)', f"Path({str(FOLDER)!r})"),
            (r'URL = ".*?"', f'URL = "{server.url}/v1/models/m:predict"'),
            (r'"First Citizen:"', repr(prompt)),
            (r"range\(200\)", "range(40)"),
        ]:
            code, count = re.subn(was, lambda _: now, code)
            assert count == 1, was
        client = {}
        exec(compile(code, str(GUIDE), "exec"), client)
        written = capsys.readouterr().out
        assert len(written) == 40 and set(written) <= set(vocabulary["symbols"])
        steps = len(prompt) + 40
        assert server.asked == [("REST", "initial_state")] + [("REST", "step")] * steps
        # the state went from request to request: the last logits are those of the whole text
        ids = [[vocabulary["symbols"].index(symbol) for symbol in prompt + written]]
        whole = server.model.signatures["serving_default"](ids=tf.constant(ids, tf.int32))
        np.testing.assert_allclose(
            client["answer"]["logits"], whole["logits"][:, -1], atol=1e-4, rtol=1e-4)
