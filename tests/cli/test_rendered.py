"""`ordercast status --rendered` shows messages as they were sent."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from ordercast.cli.rendered import words_of_order
from ordercast.notifications.notification import Notification
from ordercast.templates import figures
from ordercast.templates.rendering import words
from tests.examples import drafts
from tests.fakes.world import World

TEXT, MAIL = drafts()


@pytest.fixture
def sent(world: World) -> World:
    """A world in which both messages of an order were sent."""
    world.enter(TEXT, MAIL)
    for each in (TEXT, MAIL):
        world.send(each.id, channel=each.channel)
    return world


def shown(world: World, *rows: Notification) -> str:
    ledger = SimpleNamespace(of_order=lambda _: rows or list(world.ledger.rows.values()))
    where: Any = SimpleNamespace(
        ledger=lambda: ledger, template_versions=lambda: world.template_versions
    )
    return str(words_of_order(where, "o-1", shop="Example Tea"))


def test_each_message_is_shown_as_it_was(sent: World) -> None:
    said = shown(sent)

    for each in (TEXT, MAIL):
        assert words(each).text in said
        assert f"{each.channel} confirmed, made from {words(each).version}" in said
    assert f"Subject: {words(MAIL).subject}" in said
    assert "may look different" not in said


def test_it_says_so_where_figures_were_written_by_another_formatter(sent: World) -> None:
    with patch.object(figures, "RULES", 0):
        figures.formatter.cache_clear()
        said = shown(sent)
    figures.formatter.cache_clear()

    assert "Figures may look different: they were written by 1 Babel" in said


def test_it_says_so_where_there_is_nothing_to_render_from(sent: World) -> None:
    assert "nothing was written" in shown(sent, TEXT)
    lost = replace(TEXT, template_version="en-0000000000")
    assert "What it was made from is not stored." in shown(sent, lost)
