"""What is done to the cluster, and how long it takes to go on. A fault says whether another machine has to have the lead afterwards."""

import time

import documented

# How long a machine that stood still does: longer than its lead lasts.
FROZEN = 30
# One that goes on before.
PAUSED = 8


class Faults:
    def __init__(self, cluster, servers):
        self.cluster, self.servers, self.turn = cluster, servers, 0

    def kill_the_leader(self):
        """PostgreSQL and Patroni of the leader get SIGKILL at once, and come back later."""
        leader = self.cluster.leader()
        leader.kill()
        self.another_leads(leader)
        leader.start()
        return leader.name

    def freeze_the_leader(self):
        """All of the leader stands still (SIGSTOP) for longer than its lead lasts, and goes on then, if its watchdog lets it."""
        leader, begun = self.cluster.leader(), time.monotonic()
        leader.freeze()
        self.another_leads(leader)
        time.sleep(max(0, begun + FROZEN - time.monotonic()))
        return f"{leader.name}, {leader.thaw()}"

    def pause_the_leader(self):
        """The same, shorter: it may keep its lead."""
        leader = self.cluster.leader()
        leader.freeze()
        time.sleep(PAUSED)
        return f"{leader.name}, {leader.thaw()}"

    def switch_over(self):
        """`patronictl switchover` to the synchronous standby."""
        leader = self.cluster.leader()
        self.cluster.switch_over()
        self.another_leads(leader)
        return leader.name

    def freeze_the_standby(self):
        """The standby that commits wait for stands still."""
        standby = self.cluster.standby("sync_standby")
        standby.freeze()
        time.sleep(FROZEN)
        return f"{standby.name}, {standby.thaw()}"

    def kill_a_server(self):
        """A server of Vigia gets SIGKILL, and is started again."""
        self.turn += 1
        server = self.servers[self.turn % len(self.servers)]
        server.kill()
        time.sleep(documented.restart_after())
        server.start()
        server.ready(60)
        return server.folder.name

    def another_leads(self, former):
        until = time.monotonic() + 60
        while True:
            leader = self.cluster.leader()
            if leader not in (None, former):
                return
            if time.monotonic() > until:
                raise SystemExit(f"60 s after {former.name} was lost nobody else leads")
            time.sleep(0.1)


# In turn, and whether another machine leads afterwards.
IN_TURN = [
    ("kill_the_leader", True),
    ("switch_over", True),
    ("freeze_the_leader", True),
    ("kill_a_server", False),
    ("switch_over", True),
    ("kill_the_leader", True),
    ("freeze_the_standby", False),
    ("freeze_the_leader", True),
    ("pause_the_leader", False),
]
