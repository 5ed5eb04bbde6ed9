"""What the tests of `ordercast suppressions` share: the stage."""

import pytest

from ordercast.cli import customers, suppression_changes, suppressions
from tests.cli.suppressions.suppressed_stage import Stage
from tests.fakes.world import World


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage of which no provider has a list, unless a test says otherwise."""
    stage = Stage(world)
    for module in (customers, suppression_changes, suppressions):
        monkeypatch.setattr(module, "target", lambda _name, _cloud: stage)
    for module in (suppression_changes, suppressions):
        monkeypatch.setattr(module, "provider_endpoint", lambda _name, _cloud: None)
        monkeypatch.setattr(module, "provider_lists", lambda _where, *, endpoint: stage.lists)  # noqa: ARG005
    return stage
