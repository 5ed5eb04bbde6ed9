"""Patch ministack and serve it on a listening socket. Started by the supervisor, and ends with it.

Runs in ministack's own environment, with the file descriptor of the socket as the argument. With an
open socket rather than a port number, no other process can take the port first.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import ssl
import sys
import threading
import urllib.request
from importlib import metadata
from pathlib import Path

from local_cloud.emulator.alarms import accept_composite_alarms, accept_metric_math
from local_cloud.emulator.authorisation import (
    authorise_batches,
    authorise_named,
    authorise_partiql,
    know_leading_keys,
    write_calls_down,
)
from local_cloud.emulator.buckets import keep_full_buckets
from local_cloud.emulator.bundles import unpack_once
from local_cloud.emulator.faster_dynamodb import speed_up
from local_cloud.emulator.faster_kinesis import expire_seldom
from local_cloud.emulator.names_by_region import name_by_region
from local_cloud.emulator.partiql_streams import emit_stream_records
from local_cloud.emulator.pollers import leave_mappings_alone, remember_windows
from local_cloud.emulator.saved_queries import accept_saved_queries
from local_cloud.emulator.sms_voice import know_sms_voice
from local_cloud.emulator.subscribed_regions import subscribe_in_the_topic_s_region
from local_cloud.emulator.worker_environment import start_with_endpoints
from local_cloud.environment import REGION
from local_cloud.supervisor.parent_watch import when_parent_ends

PINNED = "1.5.33"
"""The version that the patches are written for."""

CALLS = Path("logs/authorised-calls.jsonl")
"""Where a secured emulator writes what its callers did, in its working directory."""


def main() -> None:
    """Patch ministack and serve on the socket until SIGTERM or the end of the parent."""
    _refuse_another_version()
    when_parent_ends(_end_with_workers)
    services = "ministack.services"
    speed_up(
        importlib.import_module(f"{services}.dynamodb"),
        importlib.import_module(f"{services}._dynamodb_keywords"),
    )
    expire_seldom(importlib.import_module(f"{services}.kinesis"))
    emit_stream_records(importlib.import_module(f"{services}.dynamodb"))
    unpack_once(importlib.import_module("ministack.core.lambda_runtime"))
    start_with_endpoints(importlib.import_module("ministack.core.lambda_runtime"))
    lambda_service = importlib.import_module(f"{services}.lambda_svc")
    provisioners = importlib.import_module(f"{services}.cloudformation.provisioners")
    leave_mappings_alone(lambda_service)
    remember_windows(lambda_service, provisioners)
    accept_metric_math(provisioners)
    accept_composite_alarms(provisioners)
    keep_full_buckets(provisioners, importlib.import_module(f"{services}.s3")._buckets)  # noqa: SLF001
    accept_saved_queries(provisioners)
    name_by_region(provisioners, usual=REGION)
    subscribe_in_the_topic_s_region(
        provisioners, importlib.import_module("ministack.core.responses")
    )
    know_sms_voice(
        provisioners,
        importlib.import_module("ministack.app"),
        importlib.import_module("ministack.core.router"),
    )
    authorise_partiql(importlib.import_module("ministack.core.iam_actions"))
    if _secured():
        authorise_named(
            importlib.import_module("ministack.core.iam_actions"),
            importlib.import_module(f"{services}.kinesis"),
        )
        evaluator = importlib.import_module("ministack.core.iam_evaluator")
        write_calls_down(evaluator, CALLS)
        authorise_batches(evaluator)
        know_leading_keys(importlib.import_module("ministack.core.iam_actions"))
    _serve(int(sys.argv[1]))


def _refuse_another_version() -> None:
    found = metadata.version("ministack")
    if found != PINNED:
        sys.exit(
            f"ministack {found} is installed, but the patches here are made for {PINNED}: "
            "run `make` again, or adapt local_cloud/emulator and its tests."
        )


def _secured() -> bool:
    return os.environ.get("AUTH") == "true"


def _end_with_workers() -> None:
    """End the whole process group: Lambda workers are in it, and a busy one would stay a while."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _serve(socket: int) -> None:
    app = importlib.import_module("ministack.app").app
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"fd://{socket}"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ["LOG_LEVEL"]
    if _secured():
        tls = importlib.import_module("ministack.core.tls")
        config.certfile, config.keyfile = tls.resolve_tls_material()
    threading.Thread(target=_print_when_ready, daemon=True).start()
    asyncio.run(importlib.import_module("hypercorn.asyncio").serve(app, config))


def _print_when_ready() -> None:
    """Wait for the first answer: the socket listens from the start, so connecting says nothing."""
    endpoint, trusted = os.environ["AWS_ENDPOINT_URL"], os.environ.get("AWS_CA_BUNDLE")
    trust = ssl.create_default_context(cafile=trusted) if trusted else None
    urllib.request.urlopen(f"{endpoint}/_ministack/health", context=trust).close()  # noqa: S310 - ours
    sys.stdout.write("ready\n")
    sys.stdout.flush()
