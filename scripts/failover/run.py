"""Breaks a highly available Vigia again and again; see docs/high-availability.md. `scripts/failover.sh` installs and builds what it needs."""

import argparse
import shutil
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import documented
import judge
from cluster import Cluster
from faults import IN_TURN, Faults
from load import Load, Way
from processes import Ports
from servers import PASSWORD, Proxy, Server

# The longest outage that is good enough, in seconds.
MOST = 25
# How long after a fault the three machines may take to be whole again.
WHOLE = 120


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=21, help="how often another machine has to take the lead [21]")
    parser.add_argument("--vigia", default=documented.ROOT / "target/debug/vigia", help="the program to run")
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs and databases, and say where it is")
    parser.add_argument("--without-watchdog", action="store_true", help="see what a leader does that stood still and goes on")
    parser.add_argument("--only", choices=sorted({name for name, _ in IN_TURN}), help="one kind of fault")
    return parser.parse_args()


class House:
    """All of it, in a folder that goes with it."""

    def __init__(self, vigia, mode):
        self.folder = Path(tempfile.mkdtemp(prefix="vigia-failover."))
        ports = Ports()
        self.cluster = Cluster(self.folder, ports, mode)
        self.proxy = Proxy(self.folder, ports, self.cluster.machines)
        self.ledger = self.folder / "ledger"
        self.ledger.mkdir()
        (self.ledger / "lines").touch()
        through_proxy = 'database = "postgres://vigia:PASSWORD@10.0.0.5:5000/vigia?target_session_attrs=read-write&connect_timeout=2"'
        self.servers = [Server(1, self.folder, ports, vigia), Server(2, self.folder, ports, vigia, through_proxy)]

    def start(self):
        self.cluster.start()
        self.proxy.start()
        self.servers[0].run("user", "add", "ana", "--role", "admin", "--password-stdin", say=PASSWORD + "\n")
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.ready(60)
        ways = [Way(server.folder.name, server.port) for server in self.servers] + [Way("haproxy", self.proxy.port, tls=True)]
        return Load(ways, self.servers[0].token("sender", "write"), self.servers[0].token("restarter", "operate"))

    def stop(self):
        for part in (*self.servers, self.proxy, self.cluster):
            part.stop()


def acknowledge(ways, within):
    """Waits until each way in has acknowledged something from now on."""
    begun = time.monotonic()
    while not all(way.acknowledged and way.acknowledged[-1] > begun for way in ways):
        if time.monotonic() > begun + within:
            raise SystemExit(f"nothing is acknowledged on every way within {within} s")
        time.sleep(0.05)


def break_it(house, load, switches, only):
    """One fault after the other; the longest silence on each way, by fault."""
    faults, silences, done = Faults(house.cluster, house.servers), [], 0
    turns = [turn for turn in IN_TURN if only in (None, turn[0])]
    print(f"{'':>3} {'fault':<20}{'of':<28}" + "".join(f"{way.name:>9}" for way in load.ways) + f"{'whole':>9}  warnings", flush=True)
    while done < switches:
        for name, is_switch in turns:
            lines, begun = sum(server.warnings() for server in house.servers), time.monotonic()
            of = getattr(faults, name)()
            acknowledge(load.ways, WHOLE)
            house.cluster.healthy(WHOLE)
            acknowledge(load.ways, WHOLE)
            ended = time.monotonic()
            done += 1 if is_switch or only else 0
            silent = [way.longest_silence(begun, ended) for way in load.ways]
            # What was killed is away until it is started again: the proxy's way counts.
            silences.append((name, silent[-1:] if name == "kill_a_server" else silent))
            lines = sum(server.warnings() for server in house.servers) - lines
            print(f"{done:>3} {name:<20}{of:<28}" + "".join(f"{one:>8.1f}s" for one in silent) + f"{ended - begun:>8.1f}s  {lines}", flush=True)
            time.sleep(2)
            if load.problems or done >= switches:
                break
        if load.problems:
            break
    return silences


def table(silences):
    """Longest outages by kind of fault, and those that were too long."""
    print(f"\n{'outage in seconds':<24}{'times':>6}{'median':>9}{'longest':>9}")
    for name in dict.fromkeys(name for name, _ in silences):
        all_of_it = [max(silent) for other, silent in silences if other == name]
        print(f"{name:<24}{len(all_of_it):>6}{statistics.median(all_of_it):>9.1f}{max(all_of_it):>9.1f}")
    print()
    return [f"{name}: an outage of {max(silent):.1f} s, and {MOST} s is the most" for name, silent in silences if max(silent) > MOST]


def main():
    said = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    house, problems = House(said.vigia, "off" if said.without_watchdog else "required"), ["it did not come to its end"]
    try:
        print(f"in {house.folder}: three machines, two servers of Vigia, haproxy; ttl {documented.setting('ttl')} s", flush=True)
        load = house.start()
        load.start()
        acknowledge(load.ways, 60)
        silences = break_it(house, load, said.switches, said.only)
        load.stop()
        problems = load.problems + table(silences) + judge.settled(house.cluster)
        problems += judge.events(house.cluster, load.events) + judge.operations(house.cluster, house.ledger, load.restarts)
        print(f"answers that were no acknowledgement, by status (0: none came): {dict(sorted(load.refused.items()))}")
    finally:
        house.stop()
        if said.keep or problems:
            print(f"logs and databases are in {house.folder}", file=sys.stderr)
        else:
            shutil.rmtree(house.folder)
    for problem in problems:
        print(f"failover: {problem}", file=sys.stderr)
    print("nothing was lost, nothing was done twice" if not problems else "failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
