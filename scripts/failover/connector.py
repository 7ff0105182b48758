"""The command of a connector, which puts down when it is at an operation and what it has done, so that the one who looks afterwards can tell whether that was once.

A line of the ledger is `WHAT KEY ATTEMPT TIME`. `twice` and `overlap` must not be there. Like a connector should, it looks first where an earlier attempt may have taken
effect; then what is there is no second time."""

import fcntl
import json
import os
import random
import sys
import time
from pathlib import Path

ledger = Path(os.environ["LEDGER"])
task = json.load(sys.stdin)
key, attempt, unsure = task["key"], task["attempt"], task["unsure_since"]


def note(what):
    with open(ledger / "lines", "a") as lines:
        lines.write(f"{what} {key} {attempt} {time.time():.3f}\n")


def end(verified):
    note("end")
    print(json.dumps({"result": "success", "verified": verified, "message": "Done.", "log": []}))


# The lock goes with the process, however it ends. Two attempts of one credential must never be at it at the same time.
held = open(ledger / f"{task['device']}.lock", "w")
try:
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    note("overlap")
    sys.exit(69)
note("begin")
effect = ledger / f"{key}.effect"
if unsure and effect.exists():
    end("an earlier attempt had done it")
    sys.exit()
time.sleep(random.choice((0.1, 0.3, 1, 4)))
try:
    os.close(os.open(effect, os.O_CREAT | os.O_EXCL))
except FileExistsError:
    note("twice")
time.sleep(random.choice((0, 0.2, 1)))
end("it is in the ledger")
