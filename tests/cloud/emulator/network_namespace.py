"""Run a command without a network and count the packets that it tried to send. Used by `test_isolation`.

Linux only: the command runs in a network namespace of its own, whose only way
out is an interface that swallows what it is given, and counts it. So attempts
are seen that their makers swallow: telemetry, the metadata service, DNS.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOOLS = ("unshare", "ip", "mount")

NAMESPACE = """
set -eu
mount --bind "$RESOLVER" "$(readlink -f /etc/resolv.conf)"
ip link set lo up
ip link add away type veth peer name nobody
for end in away nobody; do
    ip link set "$end" addrgenmode none
    ip link set "$end" up
done
ip address add 192.0.2.1/24 dev away
ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev away
ip route add default via 192.0.2.2
set +e
"$@"
code=$?
ip -json -statistics link show away > "$COUNTED"
exit $code
"""
"""Addresses of RFC 5737, and no IPv6 address, since the kernel would announce that by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a cut off command ended, what it said, and how many packets were meant for elsewhere."""

    code: int
    said: str
    packets: int


class CannotCutOff(Exception):
    """There is no such namespace to be had here; says why."""


def missing(folder: Path) -> str | None:
    """Say why nothing can be cut off here; None when it can. Writes into *folder*."""
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    if lacking:
        return f"{', '.join(lacking)} not installed"
    try:
        cut_off(["true"], env=os.environ, folder=folder, within=10)
    except CannotCutOff as reason:
        return str(reason)
    return None


def cut_off(
    command: Sequence[str], *, env: Mapping[str, str], folder: Path, within: float
) -> Outcome:
    """Run *command* in *folder* with nothing but loopback, for at most *within* seconds.

    Raises CannotCutOff.
    """
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 192.0.2.53\noptions timeout:1 attempts:1\n")
    counted = folder / "counted.json"
    counted.unlink(missing_ok=True)
    names = {"RESOLVER": str(resolver), "COUNTED": str(counted)}
    done = subprocess.run(
        [*_unshare(), "sh", "-c", NAMESPACE, "sh", *command],
        env=dict(env) | names,
        cwd=folder,
        timeout=within,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not counted.exists():
        raise CannotCutOff(done.stdout.strip())
    [link] = json.loads(counted.read_text())
    packets = link["stats64"]["tx"]["packets"] + link["stats64"]["tx"]["dropped"]
    return Outcome(code=done.returncode, said=done.stdout, packets=packets)


def _unshare() -> list[str]:
    """A namespace for network and mounts, with a user namespace round it unless we are root."""
    return ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--net", "--mount"]
