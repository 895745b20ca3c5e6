# SPDX-License-Identifier: Apache-2.0
"""The last part of gpu_proof.py: real training on the Penn Treebank in what time is left."""

import gzip
import json
import pathlib
import shutil
import time

PARTS = ("train", "valid", "test")
# part to the value of training.xla. bfloat16 is timed but not chosen: the bits per character are to
# stand beside those of the paper and of the CPU, which are float32.
WAYS = {"hyperlstm": "off", "xla-hyperlstm": "step", "xla-cell": "cell"}


def find(folder, part):
    """The file of a part of the text, gzipped or not."""
    for name in (f"ptb.char.{part}.txt", f"ptb.char.{part}.txt.gz"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{folder / name}: not found")


def shorten(folder, target, characters):
    """The text with so many characters at most for training, a fifth of them for each evaluation."""
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        file = find(pathlib.Path(folder), part)
        with gzip.open(file, "rt") if file.suffix == ".gz" else open(file) as f:
            size = characters if part == "train" else characters // 5
            (target / f"ptb.char.{part}.txt").write_text(f.read(size))
    return target


def fastest(records, seconds):
    """(way, milliseconds a step): what makes most steps in so many seconds, compilation included.

    records: name to the record of a part; (off, None) where none was measured.
    """
    best = (0.0, "off", None)
    for part, way in WAYS.items():
        record = records.get(part, {})
        figures = record.get("figures", {})
        millis = figures.get("medianStepMillis")
        if record.get("status") == "ok" and millis:
            steps = max(seconds - figures.get("firstSeconds", 0), 0) / millis * 1e3
            best = max(best, (steps, way, millis), key=lambda candidate: candidate[0])
    return best[1:]


def settings(way, millis, every, batch):
    """What --set changes of the specification: evaluations about every so many seconds."""
    steps = max(1, round(1e3 * every / (millis or 1e3)))
    return [f"training.xla={way}", f"training.evaluateBatchSize={batch}", "training.logEvery=5",
            f'training.evaluateEvery={{"steps":{steps}}}']


def last_rows(metrics):
    """Kind to the last whole line of that kind in metrics.jsonl."""
    rows = {}
    if metrics.is_file():
        for line in metrics.read_text(errors="replace").splitlines():
            try:
                row = json.loads(line)
                rows[row["kind"]] = row
            except (ValueError, KeyError, TypeError):
                continue  # being written
    return rows


class Curve:
    """Bits per character every so many seconds; goes on behind the points of an earlier start."""

    def __init__(self, metrics, points, every, clock=time.monotonic):
        self.metrics, self.points, self.every, self.clock = metrics, points, every, clock
        self.before = points[-1]["seconds"] if points else 0.0
        self.begun = self.next = clock()

    def look(self):
        """One more point if it is time; whether there is one."""
        return self.clock() >= self.next and self.add()

    def add(self):
        self.next = self.clock() + self.every
        rows = last_rows(self.metrics)
        if "train" not in rows:
            return False
        point = {"seconds": round(self.before + self.clock() - self.begun, 1),
                 "step": rows["train"]["step"], "bpc": rows["train"].get("bpc")}
        if "validation" in rows:
            point["validationStep"] = rows["validation"]["step"]
            point["validationBpc"] = rows["validation"].get("bpc")
        if self.points and self.points[-1]["step"] == point["step"] and (
                self.points[-1].get("validationStep") == point.get("validationStep")):
            return False
        self.points.append(point)
        return True


def plan(out, choose):
    """(run folder, --set values, whether to go on); a start that left a checkpoint is gone on with.

    choose: called for the --set values of a new run.
    """
    run, kept = out / "ptb-run", out / "ptb-settings.json"
    if kept.is_file() and list(run.glob("checkpoints/*.ckpt")):
        return run, json.loads(kept.read_text()), True
    shutil.rmtree(run, ignore_errors=True)  # it holds no step that could be gone on from
    chosen = choose()
    kept.write_text(json.dumps(chosen))
    return run, chosen, False
