"""Make process environments that reach a local cloud and nothing else. Used for every process and tool of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).resolve().parents[1]

REGION = "us-east-1"
REGIONS = (REGION, "us-west-2")
"""The stage's Region, and one more in which the simulated providers answer."""
ACCOUNT = "000000000000"

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
"""No secret: the account's root, which may do anything, also where policies are looked at."""

_NO_PROXY = "127.0.0.1,localhost"


def local_aws(folder: Path, endpoint: str) -> dict[str, str]:
    """Point an AWS SDK or tool to *endpoint*, and keep it from looking elsewhere."""
    nowhere = folder / "no-such-folder"
    trusted = str(certificate(folder))
    trust = {"AWS_CA_BUNDLE": trusted, "NODE_EXTRA_CA_CERTS": trusted}
    return (
        (trust if endpoint.startswith("https:") else {})
        | CREDENTIALS
        | {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": str(nowhere / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(nowhere / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": _NO_PROXY,
            "no_proxy": _NO_PROXY,
        }
    )


def certificate(folder: Path) -> Path:
    """Return the certificate of a secured emulator, which signs itself; ministack puts it there."""
    return folder / "tmp/ministack-tls/server.crt"


def without_aws(base: Mapping[str, str]) -> dict[str, str]:
    """Copy *base* so that no SDK finds a credential, a profile, a Region or an endpoint in it."""
    return {name: value for name, value in base.items() if not name.startswith(("AWS_", "CDK_"))}


def clean(folder: Path, *, path: str) -> dict[str, str]:
    """Give a process home and temporary files in *folder*, a search *path* and nothing of the user's environment."""
    return {
        "PATH": path,
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONUNBUFFERED": "1",
    }
