"""Two servers of Vigia and the proxy in front, as docs/high-availability.md sets them up."""

import os
import subprocess
import sys
import time
import urllib.request

import documented
from processes import kill, program, start, with_children

PASSWORD = "correct horse battery staple"
CONNECTORS = """
[limits]
concurrent = 8
attempts = 100
backoff_first = "500ms"
backoff_cap = "2s"

[connector.ledger]
kind = "command"
command = ["{python}", "{script}"]
hosts = ["srv-*"]
timeout = "20s"
env = {{ LEDGER = "{ledger}" }}
"""


class Server:
    """A `vigia serve`; killed and started again it listens where it did."""

    def __init__(self, number, folder, ports, vigia, database=None):
        self.folder, self.vigia, self.process = folder / f"vigia{number}", vigia, None
        self.folder.mkdir()
        text = documented.of_machine(documented.block("/etc/vigia/vigia.toml"), number)
        if database:
            # The page's other way: through haproxy.
            first = next(line for line in text.splitlines() if line.startswith("database = "))
            if database not in documented.PAGE:
                sys.exit(f"docs/high-availability.md no longer says {database!r}")
            text = text.replace(first, database)
        self.config = self.folder / "vigia.toml"
        self.config.write_text(documented.addresses(text, ports))
        self.config.chmod(0o600)
        self.port = ports.of(f"10.0.0.{20 + number}:3000")
        self.log = self.folder / "log"
        (self.folder / "connectors.toml").write_text(
            CONNECTORS.format(python=sys.executable, script=documented.ROOT / "scripts/failover/connector.py", ledger=folder / "ledger")
        )
        self.settings = os.environ | {
            "VIGIA_CONFIG": str(self.config),
            "VIGIA_CONNECTORS": str(self.folder / "connectors.toml"),
            "VIGIA_INDEX_FOLDER": str(self.folder / "index"),
            "VIGIA_ASSETS": str(self.folder),
        }
        for name in ("DATABASE_URL", "VIGIA_DATABASE", "VIGIA_LISTEN"):
            self.settings.pop(name, None)

    def start(self):
        self.process = start([self.vigia, "serve"], self.log, cwd=self.folder, env=self.settings)

    def ready(self, within):
        """Waits until it answers; one that ends is started again, as systemd would."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.process.poll() is not None:
                time.sleep(documented.restart_after())
                self.start()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.folder.name} is not ready after {within} s; its log: {self.log.read_text()[-3000:]}")

    def kill(self):
        """Without a chance to do anything about it; what it had begun for operations goes on."""
        kill([self.process.pid])
        self.process.wait()

    def stop(self):
        if self.process:
            kill(with_children(self.process.pid))

    def run(self, *command, say=None):
        """What `vigia` says to a command."""
        done = subprocess.run([self.vigia, *command], input=say, capture_output=True, text=True, env=self.settings, cwd=self.folder)
        if done.returncode != 0:
            raise SystemExit(f"vigia {' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def token(self, name, scope):
        said = self.run("token", "create", name, "--scope", scope, "--owner", "ana")
        return next(word for word in said.split() if word.startswith("vigia_"))

    def warnings(self):
        """Lines of its log that somebody has to read: requests have a line each besides."""
        return sum(line[27:].lstrip().startswith(("WARN", "ERROR")) for line in self.log.read_text().splitlines())


class Proxy:
    def __init__(self, folder, ports, machines):
        self.folder, self.process = folder / "haproxy", None
        self.folder.mkdir()
        pem, self.port = self.folder / "vigia.pem", ports.of("10.0.0.5:443")
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=vigia.example"]
        subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        pem.write_text(certificate.read_text() + key.read_text())
        text = documented.here(
            documented.block("/etc/haproxy/haproxy.cfg"),
            [
                ("bind :443 ssl crt /etc/haproxy/vigia.pem", f"bind 127.0.0.1:{self.port} ssl crt {pem}"),
                # On one machine, Patroni's ports differ.
                ("check port 8008 inter", "inter"),
            ],
        )
        for machine in machines:
            at = f"{machine.own}:5432 check"
            text = documented.here(text, [(at, f"{at} port {ports.of(f'{machine.own}:8008')}")])
        self.config = self.folder / "haproxy.cfg"
        self.config.write_text(documented.addresses(text, ports))

    def start(self):
        self.process = start([program("haproxy"), "-f", str(self.config)], self.folder / "log")

    def stop(self):
        if self.process:
            kill(with_children(self.process.pid))
