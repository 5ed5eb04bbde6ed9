"""The wheel holds one package; both ways to install it work in an environment with nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.pages import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

UV = Path(sys.executable).parent / "uv"
OFFLINE = {"UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": sys.executable}
"""Set-up has left everything in uv's cache, for the Python that runs these tests."""


def run(*command: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=os.environ | env, check=False, capture_output=True, text=True
    )


def succeeds(*command: str | Path, cwd: Path, **env: str) -> str:
    done = run(*command, cwd=cwd, **env)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    succeeds(UV, "build", "--quiet", "--wheel", "--out-dir", folder, cwd=ROOT, **OFFLINE)
    [built] = folder.glob("*.whl")
    return built


Install = Callable[[str], Path]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Install the wheel and what it asks for into an empty environment; return where its commands are."""

    def install(extra: str) -> Path:
        folder = tmp_path_factory.mktemp(extra or "base") / "env"
        wanted = ("--extra", extra) if extra else ()
        only = ("--no-default-groups", "--no-install-workspace")
        where = OFFLINE | {"UV_PROJECT_ENVIRONMENT": str(folder)}
        succeeds(UV, "sync", "--frozen", *only, *wanted, cwd=ROOT, **where)
        python = folder / "bin/python"
        succeeds(
            *(UV, "pip", "install", "--no-deps", "--python", python, wheel), cwd=folder, **OFFLINE
        )
        succeeds(UV, "pip", "check", "--python", python, cwd=folder, **OFFLINE)
        return folder / "bin"

    return install


@pytest.fixture(scope="module")
def base(installed: Install) -> Path:
    """The commands of what a shop installs."""
    return installed("")


@pytest.fixture(scope="module")
def cli(installed: Install) -> Path:
    """The commands of what an operator installs."""
    return installed("cli")


def test_the_wheel_holds_the_one_package_with_its_types_and_data(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {"ordercast", "ordercast-0.1.0.dist-info"} == {name.partition("/")[0] for name in names}
    assert "ordercast/py.typed" in names
    assert [name for name in names if name.endswith("shipped/en.toml")]
    assert [name for name in names if name.endswith("prices.json")]
    assert [name for name in names if name.endswith("stages/default.toml")]
    assert [name for name in names if name.endswith("report/html/page.html")]
    for part in ("html/part/now.html", "static/console.css", "static/htmx.LICENSE.txt"):
        assert f"ordercast/console/{part}" in names


SHOP = """
import json, sys
from ordercast.producer import OrderEventV1, Producer
from ordercast.testing import FakeProducer

class Kinesis:
    def put_records(self, StreamName, Records):
        return {"Records": [{} for _ in Records], "FailedRecordCount": 0}

events = [OrderEventV1(order_id="o-1", status=each, customer_id="c-1") for each in ("confirmed", "shipped")]
print(Producer(client=Kinesis(), stream="orders").put(events))
print(Producer(client=Kinesis(), stream="orders", aggregate=True).put(events))
fake = FakeProducer()
fake.put(events)
print(events == fake.events)
"""


def test_a_shop_puts_events_with_the_base_alone(base: Path, tmp_path: Path) -> None:
    """Two events one by one, the same as one aggregate, and to the producer for tests."""
    assert ["2", "2", "True"] == succeeds(base / "python", "-c", SHOP, cwd=tmp_path).split()


def test_the_base_says_how_to_get_the_command_line(base: Path, tmp_path: Path) -> None:
    done = run(base / "ordercast", "--help", cwd=tmp_path)
    assert 1 == done.returncode
    assert "The command line is not installed: pip install 'ordercast[cli]'\n" == done.stderr


def test_the_command_line_lists_its_commands(cli: Path, tmp_path: Path) -> None:
    said = succeeds(cli / "ordercast", "--help", cwd=tmp_path, TERM="dumb")
    assert {"status", "stats", "verify", "parked", "up"} <= set(re.findall(r"\w+", said))


def test_the_command_line_says_how_to_get_the_console(cli: Path, tmp_path: Path) -> None:
    done = run(cli / "ordercast", "console", "--stage", "prod", cwd=tmp_path, TERM="dumb")
    assert 1 == done.returncode
    assert "pip install 'ordercast[console]'" in done.stdout + done.stderr


def test_events_are_validated_where_no_checkout_is(cli: Path, tmp_path: Path) -> None:
    """With the defaults of stages and the templates that the wheel brings."""
    event = '{"order_id": "o-1", "channel": "email", "contact": {"email": "ada@example.com"}}'
    (tmp_path / "order.json").write_text(event)
    words = ("validate", "order.json", "--at", "2026-03-02T17:00:00")

    said = succeeds(cli / "ordercast", *words, cwd=tmp_path, TERM="dumb")

    assert "event 1: order o-1 confirmed: e-mail to ada@example.com" in said


@pytest.mark.parametrize("command", ["up", "down", "demo"])
def test_what_needs_a_checkout_says_so_in_one_line(command: str, cli: Path, tmp_path: Path) -> None:
    done = run(cli / "ordercast", command, cwd=tmp_path, TERM="dumb")
    assert 1 == done.returncode
    [line] = (done.stdout + done.stderr).splitlines()
    assert "checkout" in line


def test_a_deployed_stage_is_looked_for_in_aws(cli: Path, tmp_path: Path) -> None:
    """There is no such account here: what matters is that the command comes as far as asking."""
    nobody = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    stats = ("stats", "--stage", "prod", "--since", "1d")
    done = run(cli / "ordercast", *stats, cwd=tmp_path, TERM="dumb", **nobody, **nowhere)
    assert 1 == done.returncode
    assert "cannot look for stage prod: Could not connect to the endpoint" in done.stderr
    assert "Traceback" not in done.stderr
