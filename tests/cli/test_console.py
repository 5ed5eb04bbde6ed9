"""`ordercast console`: it needs its extra, refuses before it looks, and ends with its local cloud."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ordercast.cli import console


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command did, in order: nothing is served and no client is changed."""
    called: dict[str, Any] = {"order": []}
    here = SimpleNamespace(provider_endpoint="http://127.0.0.1:1", alive=lambda: False)

    def noting(name: str, answer: Any = None) -> Callable[..., Any]:
        def note(*_: Any, **given: Any) -> Any:
            called["order"].append(name)
            called[name] = given
            return answer

        return note

    modules = {
        "ordercast.console.sdk_operations": SimpleNamespace(refuse_others=noting("refuse")),
        "ordercast.console.stage": SimpleNamespace(console_stage=noting("stage")),
        "ordercast.console.serve": SimpleNamespace(serve=noting("serve")),
    }
    monkeypatch.setattr(console, "import_module", modules.__getitem__)
    monkeypatch.setattr(console, "target", noting("target"))
    clouds = SimpleNamespace(running_cloud=lambda _: here)
    monkeypatch.setattr(console, "in_checkout", lambda _: clouds)
    return called


def test_the_sdk_refuses_before_any_client_is_made(run, called: dict[str, Any]) -> None:
    assert 0 == run("console", "--stage", "prod")[0]
    assert ["refuse", "target", "stage", "serve"] == called["order"]
    assert {"allow_actions": False} == called["refuse"]
    assert called["stage"]["allow_actions"] is False
    assert not called["serve"]["is_over"]()


def test_it_acts_only_where_it_is_told_to(run, called: dict[str, Any]) -> None:
    out = run("console", "--stage", "prod", "--allow-actions")[1]
    assert "it may act" in out
    assert called["refuse"]["allow_actions"] is called["stage"]["allow_actions"] is True


def test_that_of_a_local_cloud_asks_its_simulator_and_ends_with_it(
    run, called: dict[str, Any]
) -> None:
    run("console")
    assert "http://127.0.0.1:1" == called["stage"]["endpoint"]
    assert called["serve"]["is_over"]()


def test_without_its_extra_it_says_how_to_get_it(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "find_spec", lambda _: None)
    status, _, err = run("console")
    assert 1 == status
    assert "pip install 'ordercast[console]'" in err
