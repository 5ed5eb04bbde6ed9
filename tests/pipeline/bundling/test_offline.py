"""Synthesis needs no credentials, no network and no setting of the shell, and leaves nothing behind."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundling import prepare
from pipeline.bundling.bundle import HOST_PYTHON, NotInstalled, Recipe
from tests.pipeline.synthesis import CACHES, ROOT, cdk_context

pytestmark = pytest.mark.synth

NO_NETWORK = """
const refuse = () => { throw new Error("the network was used"); };
require("net").Socket.prototype.connect = refuse;
require("dns").lookup = refuse;
"""
NOWHERE = "http://127.0.0.1:9"

WITHOUT_A_COMPILER = """
import app, pipeline.bundling.bundle
pipeline.bundling.bundle._compiler = lambda python: None
app.main()
"""

WITHOUT_BUNDLES = """
import sys
from pathlib import Path
import app, pipeline.bundling.bundle
pipeline.bundling.bundle.ROOT = Path(sys.argv[1])
app.main()
"""


@pytest.mark.parametrize(
    ("stage", "machine", "stacks"),
    [("dev", "aarch64", 4), ("local", platform.machine(), 6)],  # local has two in a second Region
)
def test_a_stage_is_synthesised_and_bundled_without_credentials_and_without_network(
    tmp_path: Path, stage: str, machine: str, stacks: int
) -> None:
    """A local one for the machine that it runs on. Prod has the bundle of dev."""
    done = _synthesise(stage, tmp_path)

    assert 0 == done.returncode, done.stderr
    assert stacks == len(list((tmp_path / "out").glob("*.template.json")))
    [bundle] = {path.parent for path in (tmp_path / "out").glob("asset.*/processors")}
    assert list(bundle.glob(f"msgspec/*{machine}*.so"))
    assert [] == list((tmp_path / "home").iterdir())


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_two_syntheses_are_the_same_to_the_byte(tmp_path: Path, stage: str) -> None:
    """Whatever order sets have: a deployment without a change has nothing to do. Bundles have a test of their own."""
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        context = {"aws:cdk:bundling-stacks": ()}
        done = _synthesise(stage, folder, context=context, PYTHONHASHSEED=seed)
        assert 0 == done.returncode, done.stderr
        out = folder / "out"
        made.append({path.name: path.read_bytes() for path in out.iterdir() if path.is_file()})
        made[-1] |= {path.name: b"" for path in out.glob("asset.*")}
    assert len(made[0]) > 8
    assert made[0] == made[1]


def test_set_up_installs_what_the_functions_of_every_stage_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed: list[Recipe] = []

    def install(made: Recipe) -> None:
        installed.append(made)

    monkeypatch.setattr(Recipe, "dependencies", install)
    prepare.main()

    deployed, tried_here = sorted(installed, key=lambda made: made.for_host)
    assert (False, "3.13", "aarch64") == (deployed.for_host, deployed.python, deployed.machine)
    assert (True, HOST_PYTHON) == (tried_here.for_host, tried_here.python)


def test_set_up_says_why_nothing_could_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Recipe) -> None:
        raise NotInstalled(what="", why="cause: dns error\n")

    monkeypatch.setattr(Recipe, "dependencies", fail)
    with pytest.raises(SystemExit, match="dns error"):
        prepare.main()


def test_packages_that_are_missing_are_answered_in_two_lines(tmp_path: Path) -> None:
    """Not in a trace through Node: what to try, and where uv's own words are."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("pyproject.toml", "uv.lock"):
        (checkout / name).symlink_to(ROOT / name)

    program = ("-c", WITHOUT_BUNDLES, str(checkout))
    done = _synthesise("dev", tmp_path, *program, UV_CACHE_DIR=str(tmp_path / "empty"))

    assert 1 == done.returncode
    log = checkout / ".tools/logs/bundle.log"
    what, where = done.stderr.splitlines()
    assert what.startswith("The functions' packages for Python 3.13 on aarch64 are not installed")
    assert "`make clean bootstrap` does that, where there is a network." in what
    assert f"log: {log}" == where
    assert "network was disabled" in log.read_text()


def test_a_deployment_without_the_functions_python_is_refused_in_one_line(
    tmp_path: Path,
) -> None:
    """Without bytecode each cold start would compile everything; looking at templates may do without."""
    program = ("-c", WITHOUT_A_COMPILER)
    done = _synthesise("dev", tmp_path, *program, context={"deploying": "true"})

    assert 1 == done.returncode
    (refusal,) = done.stderr.splitlines()
    assert refusal.startswith("The functions need bytecode of Python 3.13")


def test_a_misspelt_stage_is_answered_in_one_line(tmp_path: Path) -> None:
    done = _synthesise("prd", tmp_path)

    assert 1 == done.returncode
    assert 'no stage "prd": stages/ has dev, local, prod\n' == done.stderr


def _synthesise(
    stage: str, folder: Path, *program: str, context: dict[str, Any] | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the app as the CDK CLI does, in an environment with what set-up has left, and *more*."""
    (folder / "no-network.cjs").write_text(NO_NETWORK)
    (folder / "home").mkdir()
    return subprocess.run(
        [sys.executable, *(program or ("app.py",))],
        cwd=ROOT,
        env=CACHES
        | {
            "CDK_CONTEXT_JSON": json.dumps({**cdk_context(), "stage": stage, **(context or {})}),
            "CDK_OUTDIR": str(folder / "out"),
            "HOME": str(folder / "home"),
            "HTTPS_PROXY": NOWHERE,
            "HTTP_PROXY": NOWHERE,
            "NODE_OPTIONS": f"--require={folder / 'no-network.cjs'}",
            "PATH": os.environ["PATH"],  # where the target's Python may be
            "UV_OFFLINE": "1",
        }
        | more,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
