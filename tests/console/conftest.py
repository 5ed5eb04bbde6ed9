"""What the tests of the console share."""

import pytest

from ordercast.cli import find
from ordercast.operations import acts, holding, parked_edit, resending
from tests.console.asking import Browser, operator
from tests.console.example_stage import Example, example


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Example:
    """A stage on which something of everything has happened."""
    made = example()
    monkeypatch.setattr(acts, "audit_trail_of", lambda _: made.target.trail)
    for module in (acts, holding, parked_edit):
        monkeypatch.setattr(module, "caller_on", lambda _: "ada")
    monkeypatch.setattr(find, "parked_with", lambda *_: [])
    topic = made.target.world.notifications_topic
    monkeypatch.setattr(resending, "notifications_topic_of", lambda _: topic)
    return made


@pytest.fixture
def reader(on: Example) -> Browser:
    """The browser of an operator whose console only reads."""
    return operator(on.stage())


@pytest.fixture
def actor(on: Example) -> Browser:
    """The browser of an operator whose console may act."""
    return operator(on.stage(allow_actions=True))
