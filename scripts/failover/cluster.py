"""Three machines of a database, each with PostgreSQL, Patroni and etcd, as docs/high-availability.md sets them up."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import documented
from processes import as_postgres, kill, program, send, start, with_children
from watchdog import Watchdog


class Machine:
    def __init__(self, number, folder, ports, binaries, mode):
        self.name, self.number, self.folder, self.ports = f"db{number}", number, folder / f"db{number}", ports
        self.folder.mkdir()
        own = f"10.0.0.{10 + number}"
        self.rest = f"http://127.0.0.1:{ports.of(f'{own}:8008')}"
        self.postgres = ports.of(f"{own}:5432")
        # haproxy asks Patroni at the database's own address.
        self.own, self.patroni, self.etcd, self.resets = own, None, None, 0
        device = self.folder / "watchdog"
        text = documented.of_machine(documented.block("/etc/patroni/config.yml"), number)
        text = documented.here(
            text,
            [
                ("bin_dir: /usr/lib/postgresql/15/bin", f"bin_dir: {binaries}"),
                ("data_dir: /var/lib/postgresql/15/vigia", f"data_dir: {self.folder}/data"),
                ("pgpass: /var/lib/postgresql/.pgpass-vigia", f"pgpass: {self.folder}/pgpass"),
                ("unix_socket_directories: /var/run/postgresql", f"unix_socket_directories: {self.folder}"),
                ("mode: required", f"mode: '{mode}'"),
                ("device: /dev/watchdog", f"device: {device}\n  driver: testing"),
            ],
        )
        self.config = self.folder / "patroni.yml"
        self.config.write_text(documented.addresses(text, ports))
        text = documented.of_machine(documented.block("/etc/default/etcd"), number)
        text = documented.addresses(documented.here(text, [("/var/lib/etcd/vigia", f"{self.folder}/etcd")]), ports)
        self.variables = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        for path in (folder, self.folder):
            path.chmod(0o755)
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "postgres:postgres", self.folder], check=True)
        self.watchdog = Watchdog(device, self.reset)

    def start_etcd(self):
        self.etcd = start([program("etcd")], self.folder / "etcd.log", env=os.environ | self.variables)

    def start(self):
        self.patroni = start(as_postgres([program("patroni"), str(self.config)]), self.folder / "patroni.log", cwd="/")

    def pids(self):
        """Patroni, PostgreSQL and what they started; not etcd, whose two other members would stay."""
        found = with_children(self.patroni.pid) if self.patroni else []
        try:
            found += with_children(int((self.folder / "data/postmaster.pid").read_text().split()[0]))
        except (OSError, ValueError, IndexError):
            pass
        return [pid for pid in found if pid > 1]

    def kill(self):
        """The machine loses its power."""
        self.watchdog.disarm()
        kill(self.pids())
        # What was started meanwhile.
        kill(self.pids())
        self.patroni.wait()
        self.patroni = None

    def reset(self):
        """What the watchdog does."""
        self.resets += 1
        self.kill()

    def freeze(self):
        for _ in range(2):
            send(signal.SIGSTOP, self.pids())

    def thaw(self):
        """Goes on, or, where it was reset meanwhile, starts again; says which."""
        if self.patroni is None:
            self.start()
            return "reset by its watchdog"
        send(signal.SIGCONT, self.pids())
        return "went on"

    def says(self, path):
        """What Patroni says; nothing where it does not."""
        try:
            with urllib.request.urlopen(f"{self.rest}/{path}", timeout=1) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None


class Cluster:
    def __init__(self, folder, ports, mode):
        """`mode` is that of the watchdogs."""
        self.binaries = Path(subprocess.run([program("pg_config"), "--bindir"], capture_output=True, text=True).stdout.strip() or "/")
        if not (self.binaries / "initdb").exists():
            installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
            self.binaries = installed[-1].parent if installed else sys.exit("PostgreSQL is missing: scripts/failover.sh installs it")
        self.machines = [Machine(number, folder, ports, self.binaries, mode) for number in (1, 2, 3)]

    def start(self):
        for machine in self.machines:
            machine.start_etcd()
        for machine in self.machines:
            machine.start()
        self.healthy(120)
        for statement in documented.made_as_administrator():
            self.ask(statement, database="postgres")

    def stop(self):
        for machine in self.machines:
            machine.watchdog.disarm()
            send(signal.SIGCONT, machine.pids())
            kill(machine.pids() + ([machine.etcd.pid] if machine.etcd else []))

    def leader(self):
        """The machine that has the lead; nothing while there is none. One that stands still says nothing."""
        for machine in self.machines:
            try:
                with urllib.request.urlopen(f"{machine.rest}/primary", timeout=1):
                    return machine
            except OSError:
                pass
        return None

    def standby(self, role):
        """The machine that has a role, as the leader sees it: `sync_standby` or `replica`."""
        members = ((self.leader() or self.machines[0]).says("cluster") or {}).get("members", [])
        name = next((member["name"] for member in members if member["role"] == role), None)
        return next((machine for machine in self.machines if machine.name == name), None)

    def is_healthy(self):
        leader = self.leader()
        members = (leader and leader.says("cluster") or {}).get("members", [])
        roles = sorted(member["role"] for member in members)
        lines = {member.get("timeline") for member in members}
        going = all(member["state"] in ("running", "streaming") and member.get("lag", 0) == 0 for member in members)
        return roles == ["leader", "replica", "sync_standby"] and len(lines) == 1 and going

    def healthy(self, within):
        """Waits until all three are there, one of them leading and one synchronous."""
        until = time.monotonic() + within
        while not self.is_healthy():
            if time.monotonic() > until:
                raise SystemExit(f"the cluster is not whole after {within} s: {[machine.says('patroni') for machine in self.machines]}")
            time.sleep(0.25)

    def switch_over(self):
        """To the synchronous standby, in order."""
        leader, to = self.leader(), self.standby("sync_standby")
        command = [program("patronictl"), "-c", str(leader.config), "switchover", "vigia"]
        command += ["--leader", leader.name, "--candidate", to.name, "--force"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise SystemExit(f"patronictl: {done.stdout}{done.stderr}")

    def ask(self, sql, database="vigia"):
        """Rows of a statement on the leader, each a list of texts."""
        leader = self.leader()
        command = [str(self.binaries / "psql"), "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql]
        command += [f"postgres://postgres:SUPERUSER_PASSWORD@127.0.0.1:{leader.postgres}/{database}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{sql}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]
