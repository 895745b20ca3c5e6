# SPDX-License-Identifier: Apache-2.0
"""Runs a command under a pseudo-terminal and presses keys when something is to be seen.

usage: python3 pseudo_terminal.py PLAN.json

The plan: "command" (words), "columns", "rows", "seconds" (limit), "transcript" (file for what the
terminal shows), "result" (file for the outcome) and "actions", done one after the other. Each waits
for "output" (a regular expression in what was shown since the action before) or for "files" (a
pattern of paths of which one exists; with "text" one that holds that regular expression), then for
"delay" seconds, and then sends "send" or makes the window "columns" wide.

The outcome: "exit" (null after a signal), "signal", "done" (actions), "timedOut", and for each
action that was done "caught", whether the process caught SIGINT then (null where no /proc tells).
"""

import fcntl
import glob
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time


def resize(descriptor, rows, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def catches_interrupt(pid):
    try:
        with open("/proc/%d/status" % pid) as status:
            for line in status:
                if line.startswith("SigCgt:"):
                    return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
    except OSError:
        pass
    return None


def matches(action, shown):
    if "output" in action:
        return re.search(action["output"], shown) is not None
    for name in glob.glob(action["files"]):
        if "text" not in action:
            return True
        try:
            with open(name, errors="replace") as file:
                if re.search(action["text"], file.read()):
                    return True
        except OSError:
            pass
    return False


def main():
    with open(sys.argv[1]) as file:
        plan = json.load(file)
    actions = plan["actions"]
    pid, terminal = pty.fork()
    if pid == 0:
        # a build that was started in the background hands on that SIGINT is ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(plan["command"][0], plan["command"])
    resize(terminal, plan["rows"], plan["columns"])
    end = time.monotonic() + plan["seconds"]
    shown, mark, done, due, status, caught = "", 0, 0, None, None, []
    with open(plan["transcript"], "w") as transcript:
        while status is None and time.monotonic() < end:
            readable, _, _ = select.select([terminal], [], [], 0.002)
            if readable:
                try:
                    text = os.read(terminal, 65536).decode(errors="replace")
                except OSError:  # Linux says so when the last process has closed the terminal
                    text, readable = "", []
                    time.sleep(0.002)
                shown += text
                transcript.write(text)
                transcript.flush()
            now = time.monotonic()
            if done < len(actions) and due is None and matches(actions[done], shown[mark:]):
                due = now + actions[done].get("delay", 0)
                mark = len(shown)
            if due is not None and now >= due:
                caught.append(catches_interrupt(pid))
                if "columns" in actions[done]:
                    resize(terminal, plan["rows"], actions[done]["columns"])
                if "send" in actions[done]:
                    os.write(terminal, actions[done]["send"].encode())
                done, due = done + 1, None
            if not readable:
                ended, code = os.waitpid(pid, os.WNOHANG)
                if ended:
                    status = code
        timed_out = status is None
        if timed_out:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
    with open(plan["result"], "w") as file:
        json.dump(
            {
                "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                "done": done,
                "timedOut": timed_out,
                "caught": caught,
            },
            file,
        )


main()
