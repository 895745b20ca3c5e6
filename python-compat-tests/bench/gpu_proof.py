# SPDX-License-Identifier: Apache-2.0
"""Proves training on a GPU: everything that docs/gpu.md asks for, in one command and a given time.

    python gpu_proof.py [--out gpu-proof] [--seconds 480] [--ptb DIR]
    python gpu_proof.py --list
    python gpu_proof.py --only hyperlstm,xla-hyperlstm
    python gpu_proof.py --device cpu --ptb DIR

Parts run in the order of --list, what matters most first, each in processes of its own and under a
limit; a part that fails, hangs or lacks torch, jax or a CUDA toolkit is recorded, and the next one
runs. After every part gpu-proof.json and gpu-proof.md in the folder --out are written anew, logs/
has what the commands printed, traces/ a step of each model for ui.perfetto.dev. What time is left
goes to real training on the Penn Treebank (--ptb), on the fastest way measured in float32.

A second start with the same --out keeps what went well, runs the rest and goes on with the
training. --device cpu runs the same command lines with small sizes and without a GPU, in about two
minutes on two idle cores. Needs Python 3.9 and what ./hypernet4j needs; torch, jax and numpy for
the comparison. Exit code 1 if a part failed, 2 for a wrong option, 128 + N after signal N.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import sys
import time
from datetime import datetime, timezone

import gpu_proof_ptb
import gpu_proof_report
from gpu_proof_parts import FETCHED_TOOLKIT, PARTS, SIZES, Failed, Skipped, TimeUp
from gpu_proof_run import MemoryWatch, Runner, Stop, tail, write_atomically

ROOT = pathlib.Path(__file__).resolve().parents[2]
FINISHED = ("ok", "failed", "timeout", "skipped", "interrupted")


class Proof:
    """The results, what parts share, and the clock; a part sees it as its context."""

    def __init__(self, args, stop, parts=PARTS, clock=time.monotonic):
        self.args, self.stop, self.parts, self.clock = args, stop, parts, clock
        self.root, self.out = ROOT, pathlib.Path(args.out).resolve()
        self.out.mkdir(parents=True, exist_ok=True)
        self.gpu, self.sizes = args.device == "gpu", SIZES[args.device]
        self.runner = Runner(self.out / "logs", ROOT, stop)
        self.begun = clock()
        self.records, self.before = self._read(), {}
        self.no_gpu = self.toolkit = self._found = None
        self.memory = MemoryWatch() if self.gpu else None

    def _read(self):
        file = self.out / "gpu-proof.json"
        if not file.is_file():
            return {}
        found = json.loads(file.read_text("utf-8"))
        if found["device"] != self.args.device:
            sys.exit(f"{self.out}: has a proof with --device {found['device']}. "
                     "Choose another folder for --out.")
        # of a start that was killed; what it had measured stays
        return {name: record | ({} if record["status"] in FINISHED else {"status": "interrupted"})
                for name, record in found["parts"].items()}

    def left(self):
        return self.args.seconds - (self.clock() - self.begun)

    def save(self):
        order = [part.name for part in self.parts if part.name in self.records]
        results = {
            "format": 1, "device": self.args.device,
            "written": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "seconds": self.args.seconds, "spent": round(self.clock() - self.begun, 1),
            "parts": {name: self.records[name] for name in order}}
        write_atomically(self.out / "gpu-proof.json", json.dumps(results, indent=1) + "\n")
        write_atomically(self.out / "gpu-proof.md", gpu_proof_report.markdown(results))

    def run_all(self):
        """Runs the parts; whether none failed."""
        chosen = [part for part in self.parts
                  if (not self.args.only or part.name in self.args.only)
                  and part.name not in self.args.skip]
        for part in chosen:
            if self.stop.signal:
                break
            self.before = self.records.get(part.name, {})
            if (self.before.get("status") == "ok" and not self.args.only
                    and part.name != "ptb"):
                print(f"{part.name:<21} kept from the start before", flush=True)
                continue
            self._run(part)
        good = all(self.records.get(part.name, {}).get("status") in ("ok", "skipped")
                   for part in chosen)
        print(f"{self.clock() - self.begun:.0f} s of {self.args.seconds:.0f}; "
              f"{self.out / 'gpu-proof.md'}", flush=True)
        return good

    def _run(self, part):
        last = part.name == "ptb"
        training = self.args.ptb and "ptb" not in self.args.skip and not self.args.only
        room = self.left() - (0 if last or not training else self.args.reserve)
        if last and self.args.ptb_seconds:
            room = min(room, self.args.ptb_seconds)
        begun = self.clock()
        # the curve of a training that is gone on with must outlive a kill
        figures = dict(self.before.get("figures", {})) if last else {}
        record = {"status": "running", "seconds": 0, "figures": figures}
        # an earlier start's figures stay until there are new ones
        if self.no_gpu or room < part.least:
            short = f"{room:.0f} s left, it needs {part.least}" if room >= 5 else "no time left"
            reason = self.no_gpu or short
            if not self.before.get("figures"):
                self.records[part.name] = record | {"status": "skipped", "reason": reason}
            self._tell(part, self.records[part.name] | {"reason": reason})
            return
        self.records[part.name] = record
        self._commands, self._name, self._last = [], part.name, None
        self._deadline = begun + min(part.limit, room)
        self.save()
        if self.memory:
            self.memory.take()
        try:
            part.run(self, figures)
            record["status"] = "ok"
        except Skipped as e:
            record.update(status="skipped", reason=str(e))
        except TimeUp as e:
            record.update(status="interrupted" if self.stop.signal else "timeout", reason=str(e))
        except Failed as e:
            record.update(status="failed", reason=str(e))
        except Exception as e:  # whatever it is, the next part runs
            record.update(status="failed", reason=f"{type(e).__name__}: {e}")
        if self.stop.signal and record["status"] != "ok":
            record["status"] = "interrupted"
        record.update(seconds=round(self.clock() - begun, 1), commands=self._commands)
        if self.memory:
            record["gpuPeakMib"] = self.memory.take()
        self._tell(part, record)

    def _tell(self, part, record):
        self.save()
        print(gpu_proof_report.line(part.name, record), flush=True)

    # what parts call

    def room(self):
        """Seconds that the part has left."""
        return self._deadline - self.clock()

    def run(self, command, environment=None, may_fail=False, watch=None, grace=5, limit=None):
        """The outcome of a command of the part; Failed if it is not 0 and may not fail."""
        name = f"{self._name}-{len(self._commands) + 1}"
        changed = [f"{key}={value}" for key, value in (environment or {}).items()]
        self._commands.append(shlex.join([*(["env", *changed] if changed else []), *command]))
        own = limit is not None
        found = self.runner.run(command, max(limit if own else self.room(), 0.1), name,
                                environment, watch, grace)
        self._last = self.runner.logs / name
        if found.ended == "stop":
            raise TimeUp("ended by a signal")
        if found.ended == "limit" and not own:
            raise TimeUp(f"ended at its limit after {found.seconds:.0f} s")
        if found.code and not may_fail:
            raise Failed(f"exit code {found.code}: {' | '.join(found.said) or 'see ' + name + '.err'}")
        return found

    def java(self, *words, gpu=True, wrap=(), **how):
        """The program, on the GPU unless told otherwise; its last line is JSON."""
        on = ["--gpu"] if gpu and self.gpu else []
        command = [*wrap, *shlex.split(self.args.launcher), *on, *words, "--json"]
        if on:
            how["environment"] = self.with_toolkit() | (how.get("environment") or {})
        found = self.run(command, **how)
        if not how.get("may_fail") and not isinstance(found.result, dict):
            raise Failed("its last line is no JSON")
        return found

    def output(self):
        """What the last command printed."""
        return "\n".join(tail(self._last.with_name(self._last.name + ".out")))

    def said(self, words):
        """Whether the last command reported these words on standard error."""
        return words in "\n".join(tail(self._last.with_name(self._last.name + ".err")))

    def cupti(self):
        """What lets TensorFlow ask the GPU itself for times, where the carried bundle is."""
        found = {"CUPTI": "1"}
        folder = pathlib.Path(os.environ.get("BUNDLE", "/nowhere")) / "native/cupti"
        if folder.is_dir():
            others = os.environ.get("LD_LIBRARY_PATH")
            found["LD_LIBRARY_PATH"] = f"{folder}{':' + others if others else ''}"
        return found

    def trace_file(self):
        """Where the trace of the part's step goes."""
        file = self.out / f"traces/{self._name}.json.gz"
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
        return file

    def short_text(self):
        return gpu_proof_ptb.shorten(self.args.ptb, self.out / "short-ptb", self.sizes.characters)

    def with_toolkit(self):
        """Where the launcher finds libdevice, without which TensorFlow does not begin on a GPU.

        The folder with which XLA worked, before that the first; a search runs commands, so only one.
        """
        if self._found is None:
            self._found = next((folder for folder in self.toolkits() if folder), "")
        folder = self.toolkit or self._found
        return {"CUDA_HOME": folder} if folder else {}

    def toolkits(self):
        """Folders with ptxas and libdevice, the one that worked first; on the CPU None, none needed."""
        if not self.gpu:
            return [None]
        nvcc = shutil.which("nvcc")
        places = [self.toolkit, os.environ.get("CUDA_HOME"), os.path.expanduser(FETCHED_TOOLKIT),
                  nvcc and pathlib.Path(nvcc).resolve().parents[1], "/usr/local/cuda",
                  *sorted(pathlib.Path("/usr/local").glob("cuda-*")), self._triton()]
        return list(dict.fromkeys(str(p) for p in places if p and complete(pathlib.Path(p))))

    def _triton(self):
        """The two files that PyTorch's Triton carries, laid out as a toolkit has them."""
        code = ("import importlib.util as u; "
                "print(u.find_spec('triton').submodule_search_locations[0])")
        if self.run([sys.executable, "-c", code], may_fail=True).code:
            return None
        package, folder = pathlib.Path(self.output().strip()), self.out / "triton-toolkit"
        for name, place in (("ptxas", "bin"), ("libdevice.10.bc", "nvvm/libdevice")):
            target = folder / place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            for file in package.rglob(name):
                target.symlink_to(file)
                break
        return folder


def complete(folder):
    ptxas, device = folder / "bin/ptxas", folder / "nvvm/libdevice/libdevice.10.bc"
    return os.access(ptxas, os.X_OK) and device.is_file()


def names(text):
    found = [name for name in text.split(",") if name]
    unknown = sorted(set(found) - {part.name for part in PARTS})
    if unknown:
        raise argparse.ArgumentTypeError(f"no part {', '.join(unknown)}; --list shows them")
    return found


def parse(words=None):
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="gpu-proof", help="folder; default: %(default)s")
    parser.add_argument("--seconds", type=float, default=480, help="default: %(default)s")
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu", help="default: %(default)s")
    parser.add_argument("--ptb", metavar="DIR", help="folder of the three ptb.char files, gzipped or not")
    parser.add_argument("--ptb-seconds", type=float,
                        help="training at most; default: what is left, 25 with --device cpu")
    parser.add_argument("--reserve", type=float, help="seconds kept for it; default: 120, 25 on the CPU")
    parser.add_argument("--every", type=float,
                        help="seconds between points of its curve; default: 20, 3 on the CPU")
    parser.add_argument("--only", type=names, default=[], metavar="A,B", help="these parts, again too")
    parser.add_argument("--skip", type=names, default=[], metavar="A,B", help="all but these")
    parser.add_argument("--launcher", default=shlex.quote(str(ROOT / "hypernet4j")),
                        metavar="COMMAND", help="of the program; default: %(default)s")
    parser.add_argument("--list", action="store_true",
                        help="name the parts, their limits and the seconds that an H200 takes")
    args = parser.parse_args(words)
    cpu = args.device == "cpu"
    args.ptb_seconds = args.ptb_seconds or (25 if cpu else None)
    args.reserve = args.reserve if args.reserve is not None else (25 if cpu else 120)
    args.every = args.every or (3 if cpu else 20)
    if args.seconds <= 0 or args.reserve < 0 or args.every <= 0:
        parser.error("--seconds and --every must be positive, --reserve not negative")
    if args.ptb:
        args.ptb = str(pathlib.Path(args.ptb).resolve())
        try:
            for part in gpu_proof_ptb.PARTS:
                gpu_proof_ptb.find(pathlib.Path(args.ptb), part)
        except FileNotFoundError as e:
            parser.error(f"--ptb: {e}")
    return args


def main():
    args = parse()
    if args.list:
        for part in PARTS:
            limit = "what is left" if part.name == "ptb" else f"{part.limit} s"
            print(f"{part.name:<21} {limit:>12} {part.expected:>4} s  {part.what}")
        print(f"{'':<21} {'expected':>12} {sum(part.expected for part in PARTS):>4} s")
        return 0
    stop = Stop()
    stop.listen()
    proof = Proof(args, stop)
    try:
        good = proof.run_all()
    finally:
        proof.save()
        if proof.memory:
            proof.memory.close()
    if stop.signal:
        return 128 + stop.signal
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
