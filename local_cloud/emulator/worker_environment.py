"""Give Lambda workers endpoints of their own: the providers of each Region, and a fault proxy. Used by `serve`.

ministack starts a worker with its own environment.
"""

# ruff: noqa: ANN401 - ministack's internals have no types

from __future__ import annotations

import os
import subprocess
import types
from typing import Any

RULE_SETS = "LOCAL_CLOUD_RULE_SETS"
"""Names the folder of botocore's rule sets for the functions that send messages."""

BETWEEN = "LOCAL_CLOUD_BETWEEN"
"""Names what stands between the functions and every service, if anything does."""


def start_with_endpoints(lambda_runtime: Any) -> None:
    """Let ministack's *lambda_runtime* module start its workers with what the two variables say."""
    start: Any = subprocess.Popen

    def started(words: Any, *, env: dict[str, str], **options: Any) -> Any:
        return start(words, env=of_worker(env), **options)

    shared = types.SimpleNamespace(**vars(subprocess))
    shared.Popen = started
    lambda_runtime.subprocess = shared


def of_worker(env: dict[str, str]) -> dict[str, str]:
    """Return the environment of a worker, whose function `AWS_LAMBDA_FUNCTION_NAME` names."""
    changes: dict[str, str] = {}
    if between := os.environ.get(BETWEEN):
        changes = {name: between for name in env if name.startswith("AWS_ENDPOINT_URL")}
    # The others' SNS is that of topics, and their SES that of the account.
    if "Sender" in env.get("AWS_LAMBDA_FUNCTION_NAME", ""):
        changes["AWS_DATA_PATH"] = os.environ[RULE_SETS]
    return env | changes
