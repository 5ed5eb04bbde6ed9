"""Processes of the local cloud say when they are ready and end cleanly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "module",
    [
        [
            "local_cloud.event_sources",
            "--endpoint",
            "http://127.0.0.1:1",
            "--positions",
            "kept.json",
        ],
        [
            "local_cloud.provider_simulator",
            "--port",
            "0",
            "--upstream",
            "http://127.0.0.1:1",
            "--inbox",
            "inbox",
        ],
    ],
)
@pytest.mark.parametrize("end", ["its owner ends", "SIGTERM"])
def test_a_process_says_that_it_is_ready_and_ends_cleanly_when(module, end, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()

    if end == "SIGTERM":
        process.send_signal(signal.SIGTERM)
    else:
        process.stdin.close()
        process.stdin = None

    _, told = process.communicate(timeout=10)
    assert 0 == process.returncode
    assert "Traceback" not in told
