"""What the tests of `ordercast customers` share: the stage, and the command."""

import pytest

from ordercast.cli import app as cli
from ordercast.cli import customers
from ordercast.cli import unsuppress as unsuppressing
from tests.cli.customers.suppressed_stage import Stage
from tests.fakes.world import World


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(world)
    for module in (customers, unsuppressing):
        monkeypatch.setattr(module, "target", lambda _name, _cloud: stage)
        monkeypatch.setattr(module, "provider_endpoint", lambda _name, _cloud: None)
    return stage


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", "customers", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run
