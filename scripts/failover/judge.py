"""What must hold when all is over, read from the database itself and from the ledger of what was carried out."""

import time
from collections import Counter


def settled(cluster, within=180):
    """Waits until no operation is due or running."""
    until = time.monotonic() + within
    sql = "SELECT count(*) FROM operation WHERE status IN ('Scheduled', 'Running')"
    while cluster.ask(sql) != [["0"]]:
        if time.monotonic() > until:
            return [f"operations are still to be carried out {within} s after the last restart"]
        time.sleep(1)
    return []


def events(cluster, acknowledged):
    """Each acknowledged event is there, once."""
    stored = Counter(row[0] for row in cluster.ask("SELECT source_id FROM audit_tracking_detail"))
    missing = [name for name in acknowledged if stored[name] == 0]
    twice = [name for name in acknowledged if stored[name] > 1]
    print(f"{len(acknowledged)} events acknowledged, {len(missing)} of them missing, {len(twice)} there more than once")
    found = [f"an acknowledged event is missing: {name}" for name in missing[:20]]
    return found + [f"an event is there more than once: {name}" for name in twice[:20]]


def operations(cluster, ledger, restarts):
    """Each operation was carried out as often as that was asked for and acknowledged, never twice for one asking, never by two at once."""
    lines = [line.split() for line in (ledger / "lines").read_text().splitlines()]
    twice = [line for line in lines if line[0] == "twice"]
    overlaps = [line for line in lines if line[0] == "overlap"]
    done = Counter(path.stem.rsplit("-", 1)[0] for path in ledger.glob("*.effect"))
    found = [f"carried out twice: {line}" for line in twice] + [f"two attempts at once: {line}" for line in overlaps]
    failed = {row[0] for row in cluster.ask("SELECT id FROM operation WHERE status <> 'Success'")}
    found += [f"an operation ended other than well: {operation}" for operation in failed]
    for operation, count in restarts.items():
        if done[operation] != 1 + count:
            found.append(f"{operation} was carried out {done[operation]} times, and asked for {1 + count} times")
    # How an attempt ended that nobody reported on is not known, and when neither; the ledger knows.
    sql = """SELECT a.event, a.number, b.number FROM password_operation_attempt a JOIN password_operation_attempt b
             ON a.event = b.event AND a.number < b.number AND (a.result = 'Running' OR a."end" > b.start)"""
    both = cluster.ask(sql)
    found += [f"attempts that overlap in the database: {row}" for row in both]
    attempts = cluster.ask("SELECT result, error_class, count(*) FROM password_operation_attempt GROUP BY 1, 2 ORDER BY 1, 2")
    asked = len(restarts) + sum(restarts.values())
    print(f"{asked} executions asked for and acknowledged, {sum(done.values())} carried out, {len(twice)} of them twice, "
          f"{len(overlaps) + len(both)} by two at once; attempts: {', '.join(' '.join(row).replace('  ', ' ') for row in attempts)}")
    return found
