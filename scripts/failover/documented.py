"""What docs/high-availability.md says, as files for this machine: the same lines, with other addresses and folders."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/high-availability.md").read_text()


def block(name):
    """The block of the page whose first line names the file."""
    found = [text for text in re.findall(r"^```\w*\n(.*?)^```$", PAGE, re.M | re.S) if text.startswith(f"# {name} on ")]
    if len(found) != 1:
        raise SystemExit(f"docs/high-availability.md has {len(found)} blocks that begin with `# {name} on `, not one")
    return found[0]


def of_machine(text, other):
    """A block of the first database machine, or of the first with Vigia, for another one; lines that name all of them stay."""
    for first, host in (("10.0.0.11", f"10.0.0.{10 + other}"), ("10.0.0.21", f"10.0.0.{20 + other}")):
        lines = text.splitlines(keepends=True)
        text = "".join(line if f"{first[:-1]}2" in line else line.replace(first, host) for line in lines)
    return re.sub(r"^((?:name: |ETCD_NAME=)db)1$", rf"\g<1>{other}", text, flags=re.M)


def here(text, places):
    """With this machine's places: a list of pairs, what the page says and what holds here; each is in the text, and no address is left."""
    for said, holds in places:
        if said not in text:
            raise SystemExit(f"docs/high-availability.md no longer says {said!r} where it is looked for:\n{text}")
        text = text.replace(said, holds)
    return text


def addresses(text, ports):
    """Each address with a port has one of its own on the loopback; `ports` remembers them. An address alone is the loopback."""
    text = re.sub(r"10\.0\.0\.\d+:\d+", lambda found: f"127.0.0.1:{ports.of(found[0])}", text)
    return text.replace("10.0.0.0/24", "127.0.0.1/32").replace("10.0.0.5", "127.0.0.1")


def setting(name):
    """A number of Patroni's that the page sets."""
    return int(re.search(rf"^\s+{name}: (\d+)$", block("/etc/patroni/config.yml"), re.M)[1])


def restart_after():
    """How many seconds after its end systemd starts a server again."""
    unit = block("/etc/systemd/system/vigia.service")
    return int(re.search(r"^Restart=always\nRestartSec=(\d+)$", unit, re.M)[1])


def made_as_administrator():
    """The statements that docs/postgresql.md has an administrator say first."""
    page = (ROOT / "docs/postgresql.md").read_text()
    return [line.strip().replace("'...'", "'PASSWORD'") for line in re.findall(r"^    CREATE (?:ROLE|DATABASE).*$", page, re.M)]
