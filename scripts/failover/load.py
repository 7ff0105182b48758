"""What is sent all the time: events, each of which is put down when it is acknowledged, and restarts of operations."""

import http.client
import json
import ssl
import threading
import time
from datetime import datetime, timezone

PATIENCE = 5
OPERATIONS = 24


class Line:
    """A connection to one way in, made anew where it is lost."""

    def __init__(self, port, tls, token):
        self.port, self.tls, self.token, self.connection = port, tls, token, None

    def post(self, path, body, key=None):
        """Status and answer; an error of the connection is status 0."""
        try:
            if self.connection is None:
                # The proxy's certificate is made up.
                context = ssl._create_unverified_context() if self.tls else None
                more = {"context": context} if self.tls else {}
                kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
                self.connection = kind("127.0.0.1", self.port, timeout=PATIENCE, **more)
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            self.connection.request("POST", path, json.dumps(body), headers | ({"Idempotency-Key": key} if key else {}))
            answer = self.connection.getresponse()
            said = answer.read()
            # The proxy speaks HTML where it has no server to ask.
            return answer.status, json.loads(said) if answer.getheader("Content-Type", "").startswith("application/json") else said
        except (OSError, http.client.HTTPException) as error:
            if self.connection:
                self.connection.close()
            self.connection = None
            return 0, str(error)


class Way:
    """A way in, and when an event was acknowledged on it."""

    def __init__(self, name, port, tls=False):
        self.name, self.port, self.tls, self.acknowledged = name, port, tls, []

    def longest_silence(self, since, until):
        """Seconds between two acknowledgements, the longest within a time."""
        times = [since, *(at for at in list(self.acknowledged) if since < at < until), until]
        return max(later - earlier for earlier, later in zip(times, times[1:]))


class Load:
    def __init__(self, ways, write, operate):
        self.ways, self.write, self.operate = ways, write, operate
        self.events, self.restarts, self.going, self.threads = {}, {}, True, []
        # Answers that were no acknowledgement, by status; what must not be.
        self.refused, self.problems = {}, []

    def start(self):
        for way in self.ways:
            for number in range(3):
                self.begin(self.send, way, number)
        for number in range(OPERATIONS):
            self.begin(self.restart, self.ways[number % len(self.ways)], number)

    def begin(self, what, *which):
        thread = threading.Thread(target=what, args=which, daemon=True)
        thread.start()
        self.threads.append(thread)

    def stop(self):
        self.going = False
        for thread in self.threads:
            thread.join(60)
            if thread.is_alive():
                self.problems.append("something was not acknowledged within a minute of the last fault")

    def until_done(self, line, path, body, key=None):
        """Sends until it is acknowledged, however often that takes."""
        while True:
            status, answer = line.post(path, body, key)
            if 200 <= status < 300:
                return answer
            self.refused[status] = self.refused.get(status, 0) + 1
            if status in (400, 401, 403, 404, 422):
                self.problems.append(f"{path}: {status} {answer}")
                raise ValueError(answer)
            time.sleep(0.1)

    def send(self, way, number):
        line, count = Line(way.port, way.tls, self.write), 0
        while self.going:
            count += 1
            name = f"{way.name}-{number}-{count}"
            now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
            event = {"report": "audit-tracking", "source_id": name, "time": now, "operation": "Login", "user": "failover"}
            answer = self.until_done(line, "/api/v1/events?source=failover", event)
            if answer["stored"] + answer["duplicate"] != 1:
                self.problems.append(f"{name}: {answer}")
            self.events[name] = time.time()
            way.acknowledged.append(time.monotonic())
            time.sleep(0.05)

    def restart(self, way, number):
        """Creates an operation, and restarts it whenever it has ended; each call has a key of its own, under which it is sent again."""
        line, device = Line(way.port, way.tls, self.operate), f"srv-{number}"
        new = {"device": device, "username": "app", "connector": "ledger", "operation": "Change password"}
        made = self.until_done(line, "/api/v1/operations", new, f"new-{number}")
        operation, count = made["id"], 0
        self.restarts[operation] = 0
        while self.going:
            count += 1
            act = {"action": "restart", "ids": [operation]}
            answer = self.until_done(line, "/api/v1/operations/actions", act, f"restart-{number}-{count}")
            if answer["results"][0]["refused"] is None:
                self.restarts[operation] += 1
            time.sleep(0.25)
