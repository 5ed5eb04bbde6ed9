"""What a message was made from is stored before it is claimed, and named by the claim."""

import zlib

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.templates.rendering import words
from ordercast.templates.versions import unpacked
from tests.examples import notification
from tests.fakes.world import World

ONE, TWO = (notification(n) for n in (1, 2))
SWEDISH = notification(3, locale="sv-SE")


def test_a_claim_names_the_version_of_the_words_that_are_sent(world: World) -> None:
    world.enter(ONE, SWEDISH)
    world.send(ONE.id, SWEDISH.id)

    english, swedish = (world.row(each.id).template_version for each in (ONE, SWEDISH))
    assert (words(ONE).version, words(SWEDISH).version) == (english, swedish)
    assert {english, swedish} == set(world.template_versions.stored)
    sources, _ = unpacked(world.template_versions.stored[str(swedish)])
    assert ("confirmed", "sv") == (sources.template, sources.language)


def test_each_version_is_stored_once_in_a_process(world: World) -> None:
    world.enter(ONE, TWO)
    sender = world.sender(Channel.EMAIL)
    for each in (ONE, TWO):
        sender({each.id: 1}, time_left=world.time_left)

    assert {State.SENT} == {world.state(each.id) for each in (ONE, TWO)}
    assert 1 == world.template_versions.calls


def test_nothing_is_claimed_while_a_version_cannot_be_stored(world: World) -> None:
    world.enter(ONE)
    world.template_versions.unavailable = True

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)

    assert (State.REQUESTED, 0) == (world.state(ONE.id), world.row(ONE.id).attempts)
    world.template_versions.unavailable = False
    world.send(ONE.id)
    assert State.SENT is world.state(ONE.id)


def test_what_is_sent_after_a_change_of_words_has_their_version(world: World) -> None:
    """A message that waited is said in the words of the day on which it is sent."""
    world.enter(replace(ONE, template_version="en-0000000000"))
    world.send(ONE.id)

    assert words(ONE).version == world.row(ONE.id).template_version


def test_a_version_holds_nothing_of_the_order(world: World) -> None:
    """It has no ttl, and is the same for everybody whom it is sent to."""
    row = replace(ONE, customer_id="c-4711", order=replace(ONE.order, order_id="o-4711"))
    world.enter(row)
    world.send(ONE.id)

    (kept,) = world.template_versions.stored.values()
    said = zlib.decompress(kept).decode()
    assert "order.order_id" in said
    for value in (row.recipient, "c-4711", "o-4711", ONE.id):
        assert str(value) not in said
