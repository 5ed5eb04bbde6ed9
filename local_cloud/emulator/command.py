"""Write the command that starts the emulator. Used by the supervisor."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_cloud.environment import CHECKOUT, REGION, clean, local_aws
from local_cloud.supervisor.state import BETWEEN, RULE_SETS

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How to start a process that prints `ready` and ends when its standard input does.

    *keep_open* are the file descriptors that it inherits.
    """

    words: list[str]
    env: dict[str, str]
    cwd: Path
    keep_open: tuple[int, ...] = ()


def loopback(port: int, *, secured: bool = False) -> str:
    """Return the URL of a server on this machine; *secured*: it speaks TLS."""
    return f"http{'s' if secured else ''}://127.0.0.1:{port}"


def emulator_command(
    folder: Path,
    *,
    socket: int,
    port: int,
    provider_port: int,
    secured: bool = False,
    between: str = "",
) -> Command:
    """Start ministack on an open *socket*; its functions send messages through the provider simulator.

    *secured*: it speaks TLS, and does what the policies of a caller's role allow.
    """
    provider = loopback(provider_port)
    main = "from local_cloud.emulator.serve import main; main()"
    return Command(
        words=[
            str(CHECKOUT / ".tools/emulator/bin/python"),
            "-c",
            f"import sys; sys.path.append({str(CHECKOUT)!r}); {main}",
            str(socket),
        ],
        cwd=folder,
        keep_open=(socket,),
        env=clean(folder, path=os.environ.get("PATH", os.defpath))
        | local_aws(folder, loopback(port, secured=secured))
        | (_SECURED if secured else {})
        | ({BETWEEN: between} if between else {})
        | {
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": provider,
            "AWS_ENDPOINT_URL_SESV2": provider,
            "AWS_ENDPOINT_URL_SNS": provider,
            "BIND_HOST": "127.0.0.1",
            # ministack removes containers of its own kind from a Docker engine that it finds.
            "DOCKER_HOST": f"unix://{folder}/no-docker",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "LOCAL_CLOUD_RULE_SETS": str(folder / RULE_SETS),
            "LOG_LEVEL": "WARNING",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": str(folder / "state/s3"),
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(folder / "state"),
        },
    )


_SECURED = {"AUTH": "true", "USE_SSL": "1"}
"""ministack makes a certificate with OpenSSL, where `environment.certificate` says."""
