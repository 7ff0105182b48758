"""What the scripts in this folder share: the order of the steps, the vault, and the report.

A script says how to see that the target can be reached, how to set a password on it, and how to try whether one signs in. This file has
the rest:

0. The administrator signs in on the target; where that fails, nothing was changed.
1. The new password goes into the vault first, beside the old one: {"password": OLD, "pending": NEW}.
2. Then it is set on the target, and tried: the new one has to sign in, the old one must be refused.
3. Then the vault is settled: {"password": NEW}.

Whenever this is interrupted, the vault has every password that the target may have. The next attempt begins by trying the pending one.

The vault is whatever these two commands reach; {device} and {username} in them are replaced, and no shell is involved. Names with other
characters than letters, digits and -_.@$ are refused; {device:hex} and {username:hex}, the names in hexadecimal, take any.

  VIGIA_VAULT_GET  prints the record as JSON ("data" around it, as OpenBao has it, is taken off); exit status 2: there is none
  VIGIA_VAULT_PUT  reads the record as JSON from standard input, and keeps it

A connection is encrypted, and the name in the server's certificate has to be the device's; only to this machine itself it need not be.

  VIGIA_PLAIN      this-network-is-trusted: connections may be as the rest of the environment says, readable ones too
                   nowhere: those to this machine have to be verified as well

Device and port of an operation are looked at once more here, whatever Vigia has made sure of: an event may have said them.

Only Python's standard library is used. No password is ever printed.
"""

import ipaddress
import json
import os
import re
import secrets
import shlex
import string
import subprocess
import sys

LENGTH = 32
SECONDS = 20
LONGEST = 1000
ALPHABET = string.ascii_letters + string.digits
# A server that is not who it should be, or does not prove it.
UNVERIFIED = re.compile(r"certificate|SSL is required|not support SSL|SSL off|TLS|StartTLS", re.IGNORECASE)


class Failed(Exception):
    """What went wrong, and its error class; Vigia tells the class from the message where there is none."""

    def __init__(self, message, error_class=""):
        super().__init__(message)
        self.error_class = error_class or ("Configuration" if UNVERIFIED.search(message) else "")


def run(command, feed="", env=None, pass_fds=(), ok=(0,)):
    """Runs a command; its status and what it printed."""
    try:
        done = subprocess.run(
            command, input=feed, env=env, pass_fds=pass_fds, timeout=SECONDS, capture_output=True, encoding="utf-8", errors="replace"
        )
    except FileNotFoundError as error:
        raise Failed(f"{command[0]} is not installed: {error}", "Configuration") from None
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[0]} did not end within {SECONDS} s", "Inconclusive") from None
    if done.returncode not in ok:
        raise Failed(f"{os.path.basename(command[0])}: {sentence(done.stderr) or f'ended with status {done.returncode}'}")
    return done.returncode, done.stdout, done.stderr


def sentence(said):
    """What a command said on standard error, on one line."""
    return "; ".join(line.strip() for line in said.splitlines() if line.strip())[:LONGEST]


def secret_fd(text):
    """A file descriptor that a command may read a secret from; nothing is written to a disk."""
    read, write = os.pipe()
    os.write(write, text.encode())
    os.close(write)
    return read


def setting(name, default=None):
    """A setting of the script, from the environment that the connectors file gives it."""
    value = os.environ.get(name, default)
    if value is None:
        raise Failed(f"{name} is not set in the connector's env", "Configuration")
    return value


def demands_tls(host):
    """Whether a connection has to be encrypted, to a server that proves its name."""
    plain = os.environ.get("VIGIA_PLAIN")
    if plain is None:
        return not is_this_machine(host)
    if plain not in ("this-network-is-trusted", "nowhere"):
        raise Failed(f"VIGIA_PLAIN is {plain!r}; it may be this-network-is-trusted or nowhere, or be left out", "Configuration")
    return plain == "nowhere"


def is_this_machine(host):
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_host(text):
    """Whether it is the name of a host or an address, and nothing that a program could read as anything else."""
    try:
        ipaddress.ip_address(text)
        return "%" not in text
    except ValueError:
        label = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}"
        number = r"([0-9]+|0[xX][0-9A-Fa-f]*)"
        return re.fullmatch(rf"({label}\.)*{label}", text) is not None and re.fullmatch(number, text.rsplit(".", 1)[-1]) is None


def check(job):
    """Refuses an operation that would lead a command somewhere else."""
    if not is_host(job["device"]):
        raise Failed(f"{job['device']!r} is neither the name of a host nor an address", "Configuration")
    if not job["username"] or any(ord(c) < 32 or ord(c) == 127 for c in job["username"]):
        raise Failed(f"{job['username']!r} is not the name of an account", "Configuration")
    port = job["parameters"].get("port", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
        raise Failed(f"The port {port!r} is not a number from 1 to 65535", "Configuration")


class Vault:
    """Where the passwords are kept."""

    def __init__(self, job):
        def command(name):
            words = shlex.split(setting(name))
            for part in ("device", "username"):
                words = [word.replace(f"{{{part}:hex}}", job[part].encode().hex()) for word in words]
                if any(f"{{{part}}}" in word for word in words):
                    words = [word.replace(f"{{{part}}}", plain(job[part])) for word in words]
            return words

        def plain(part):
            if not part or part in (".", "..") or not all(c.isalnum() or c in "-_.@$" for c in part) or part[0] in "-@":
                raise Failed(f"{part!r} cannot be part of the vault's path; {{device:hex}} and {{username:hex}} can", "Configuration")
            return part

        self.get_command, self.put_command = command("VIGIA_VAULT_GET"), command("VIGIA_VAULT_PUT")

    def get(self):
        status, said, _ = run(self.get_command, ok=(0, 2), env=dict(os.environ))
        if status == 2 or not said.strip():
            return {}
        try:
            record = json.loads(said)
            while isinstance(record, dict) and isinstance(record.get("data"), dict):
                record = record["data"]
            kept = {key: record[key] for key in ("password", "pending") if record.get(key)}
        except (ValueError, TypeError, AttributeError):
            raise Failed("The vault's record is not a JSON object", "Configuration") from None
        if not all(isinstance(value, str) for value in kept.values()):
            raise Failed("The vault's record holds something else than texts", "Configuration")
        return kept

    def put(self, record):
        run(self.put_command, feed=json.dumps(record), env=dict(os.environ))


def hidden(text, known):
    for secret in known:
        text = text.replace(secret, "[hidden]")
    return text


def log(text):
    print(text, file=sys.stderr, flush=True)


def change(job, target, vault, known):
    """Changes the password; what was verified."""
    target.ready(job)
    record = vault.get()
    old, pending = record.get("password"), record.get("pending")
    known.update(filter(None, (old, pending)))
    if pending:
        log("The vault has a password that an earlier attempt did not come to verify.")
        if target.signs_in(job, pending):
            vault.put({"password": pending})
            old = pending
            if job.get("unsure_since"):
                return "the password that an earlier attempt set signs in, and the vault has it"
            log("It signs in; the vault was settled.")
    new = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    known.add(new)
    vault.put({key: value for key, value in (("password", old), ("pending", new)) if value})
    log("The vault has the new password beside the old one.")
    try:
        target.set(job, new)
    except Failed as failed:
        # Not changed, surely? Then the vault need not wait for it.
        try:
            if old and not target.signs_in(job, new):
                vault.put({"password": old})
                log("The old password was kept.")
        except Failed as also:
            log(f"Whether it was set could not be seen: {also}")
            failed.error_class = "Inconclusive"
        raise
    log("The target has taken the new password.")
    try:
        if not target.signs_in(job, new):
            raise Failed("The target took the new password, but it does not sign in")
        if old and target.signs_in(job, old):
            raise Failed("The new password signs in, but the old one still does, too")
        vault.put({"password": new})
    except Failed as failed:
        failed.error_class = "Inconclusive"
        raise
    return "the new password signs in" + (", the old one is refused" if old else "; the old one was not known") + ", and the vault has it"


def verify(job, target, vault, known):
    """Tries the password of the vault; what was verified."""
    record = vault.get()
    known.update(record.values())
    if "password" not in record:
        raise Failed("The vault has no password of this account", "Not found")
    if not target.signs_in(job, record["password"]):
        raise Failed("The vault's password is refused", "Credential rejected")
    return "the vault's password signs in"


# Three of them set the password, whatever the vault has; what differs is why.
DOES = {
    "Change password": change,
    "Child password change": change,
    "Reconcile password": change,
    "Verify password": verify,
}


def main(template, version, target):
    report = {"template": template, "version": version}
    known = set()
    try:
        job = json.load(sys.stdin)
        check(job)
        does = DOES.get(job["operation"])
        if does is None:
            raise Failed(f"This script does not do {job['operation']!r}", "Configuration")
        verified = does(job, target, Vault(job), known)
        report |= {"result": "success", "verified": verified, "message": f"{job['operation']}: {verified}."}
    except Failed as failed:
        report |= {"result": "error", "message": hidden(str(failed), known), "error_class": failed.error_class}
    except (KeyError, ValueError) as error:
        report |= {"result": "error", "message": f"The operation cannot be read: {error!r}", "error_class": "Configuration"}
    print(json.dumps(report))
    sys.exit(0 if report["result"] == "success" else 1)
