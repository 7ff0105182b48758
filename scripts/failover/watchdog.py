"""Stands for the kernel's watchdog, which a container has not: Patroni writes to a pipe what it would tell /dev/watchdog (its driver `testing`), and where it falls
silent for as long as it said, the "machine" is reset, that is all of its processes are killed at once."""

import os
import re
import threading
import time


class Watchdog:
    def __init__(self, device, reset):
        os.mkfifo(device)
        os.chmod(device, 0o666)
        # Open for writing, too: it is there while Patroni is not.
        self.pipe = os.open(device, os.O_RDWR | os.O_NONBLOCK)
        self.reset, self.limit, self.last = reset, None, time.monotonic()
        self.guard = threading.Lock()
        threading.Thread(target=self.watch, daemon=True).start()

    def disarm(self):
        """The machine is off."""
        with self.guard:
            self.hear()
            self.limit = None

    def hear(self):
        try:
            said = os.read(self.pipe, 65536).decode()
        except BlockingIOError:
            return
        self.last = time.monotonic()
        limits = re.findall(r"timeout=(\d+)", said)
        if limits:
            self.limit = int(limits[-1])
        # The word with which a device is closed by whoever needs it no more.
        if said.endswith("V"):
            self.limit = None

    def watch(self):
        while True:
            time.sleep(0.1)
            with self.guard:
                self.hear()
                late = self.limit is not None and time.monotonic() - self.last > self.limit
                if late:
                    self.limit = None
            if late:
                self.reset()
