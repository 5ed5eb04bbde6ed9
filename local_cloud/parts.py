"""Two ports and a folder come in; the commands and environments of the local cloud's processes go out."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from local_cloud.environment import REGION, clean, local_aws
from local_cloud.instance import POSITIONS

ROOT = Path(__file__).resolve().parent.parent

MINISTACK = "ministack"
CARRIER = "carrier"
EVENT_SOURCES = "event-sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process: how to start it. It prints `ready` and ends when its standard input does."""

    name: str
    command: list[str]
    env: dict[str, str]
    cwd: Path
    keep_open: tuple[int, ...] = field(default=())


def loopback(port: int) -> str:
    """Say where a server of ours answers."""
    return f"http://127.0.0.1:{port}"


def ministack(folder: Path, *, socket: int, port: int, carrier_port: int) -> Part:
    """Plan the AWS APIs, on an open *socket*; its Lambda functions send through the carrier."""
    carrier = loopback(carrier_port)
    start = f"import sys; sys.path.append({str(ROOT)!r}); from local_cloud.emulator.serve import main; main()"
    return Part(
        name=MINISTACK,
        command=[str(ROOT / ".tools/emulator/bin/python"), "-c", start, str(socket)],
        cwd=folder,
        keep_open=(socket,),
        env=_environment(folder, endpoint=loopback(port))
        | {
            "AWS_ENDPOINT_URL_SESV2": carrier,
            "AWS_ENDPOINT_URL_SNS": carrier,
            "BIND_HOST": "127.0.0.1",
            # It would remove containers of its own kind from a Docker engine that it finds.
            "DOCKER_HOST": f"unix://{folder}/no-docker",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": str(folder / "state/s3"),
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(folder / "state"),
        },
    )


def carrier(folder: Path, *, port: int, ministack_port: int, receipt_delay: float | None) -> Part:
    """Plan the providers: what is sent to people ends here, and receipts come from here."""
    command = ["--port", str(port), "--upstream", loopback(ministack_port)]
    command += ["--inbox", str(folder / "inbox"), "--region", REGION]
    if receipt_delay is not None:
        command += ["--receipt-delay", str(receipt_delay)]
    return _ours(CARRIER, "local_cloud.provider_simulator", command, folder, ministack_port)


def event_sources(folder: Path, *, ministack_port: int) -> Part:
    """Plan what brings streams and queues to the functions."""
    command = ["--endpoint", loopback(ministack_port), "--region", REGION]
    command += ["--positions", str(folder / POSITIONS)]
    return _ours(EVENT_SOURCES, "local_cloud.event_sources", command, folder, ministack_port)


def _ours(name: str, module: str, arguments: list[str], folder: Path, ministack_port: int) -> Part:
    return Part(
        name=name,
        command=[sys.executable, "-m", module, *arguments],
        env=_environment(folder, endpoint=loopback(ministack_port)),
        cwd=ROOT,
    )


def _environment(folder: Path, *, endpoint: str) -> dict[str, str]:
    return clean(folder, path=os.environ.get("PATH", os.defpath)) | local_aws(folder, endpoint)
