"""Processes that can be killed, stopped and let go on, all of a machine's at once; and ports where nobody listens."""

import os
import shutil
import signal
import socket
import subprocess


class Ports:
    """A free port of the loopback for each name, the same each time."""

    def __init__(self):
        self.known = {}

    def of(self, name):
        if name not in self.known:
            while True:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", 0))
                    port = probe.getsockname()[1]
                if port not in self.known.values():
                    break
            self.known[name] = port
        return self.known[name]


def program(name, *more):
    """Where a program is; Debian keeps some out of everybody's way."""
    folders = os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/sbin", *more]
    found = shutil.which(name, path=":".join(folders))
    if not found:
        raise SystemExit(f"{name} is missing: scripts/failover.sh installs it")
    return found


def as_postgres(command):
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *command]


def start(command, log, **options):
    """Starts a program with a session of its own, so that Ctrl-C is for this one, which then ends the others."""
    with open(log, "ab") as output:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **options)


def with_children(pid):
    """A process and all that come from it."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    parents.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        queue.extend(parents.get(one, []))
    return found


def send(number, pids):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill(pids):
    send(signal.SIGKILL, pids)
