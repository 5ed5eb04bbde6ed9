"""Synthesising needs no credentials, no network, nothing from whoever's shell it is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.synthesis import ROOT, cdk_context, node

pytestmark = pytest.mark.synth

NO_NETWORK = """
const refuse = () => { throw new Error("the network was used"); };
require("net").Socket.prototype.connect = refuse;
require("dns").lookup = refuse;
"""


def test_a_stage_is_synthesised_without_credentials_and_without_network(tmp_path: Path) -> None:
    done = _synthesise("dev", tmp_path)

    assert 0 == done.returncode, done.stderr
    assert 4 == len(list((tmp_path / "out").glob("*.template.json")))


def test_a_misspelt_stage_is_answered_in_one_line(tmp_path: Path) -> None:
    done = _synthesise("prd", tmp_path)

    assert 1 == done.returncode
    assert 'no stage "prd": cdk.json knows local, dev, prod\n' == done.stderr


def _synthesise(stage: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the app as the CDK CLI does, in an environment that has nothing else in it."""
    (folder / "no-network.cjs").write_text(NO_NETWORK)
    (folder / "home").mkdir()
    context = {**cdk_context(), "stage": stage, "aws:cdk:bundling-stacks": []}
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(folder / "out"),
            "HOME": str(folder / "home"),
            "JSII_NODE": node(),
            "NODE_OPTIONS": f"--require={folder / 'no-network.cjs'}",
            "UV_OFFLINE": "1",
        },
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
