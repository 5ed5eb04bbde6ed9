"""`ordercast put` follows its own events: when their messages are sent, it is done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from local_cloud.in_flight import InFlight
from local_cloud.inbox import SentMessage
from ordercast.cli.local import own_events
from ordercast.cli.local.own_events import OwnEvents
from ordercast.events.parse import parse_order_event
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.producer import NO_CURRENCY
from ordercast.templates.words import TemplateFailed, Words
from tests.examples import EMAIL, POLICY, payload, quiet_for
from tests.fakes.clock import START
from tests.fakes.world import World

STREAM = InFlight(records=1)
QUEUE = InFlight(messages=1)
OVER = InFlight()


def order(number: int, **changes: object) -> bytes:
    about = {"order_id": f"o-{number}", "event_id": f"e-{number}", "channel": "email"}
    return payload(**about | changes)


def following(
    world: World, payloads: Sequence[bytes], *, unusable: int = 0, left: int = 1
) -> OwnEvents:
    return OwnEvents(
        events=[parse_order_event(each, default_currency=NO_CURRENCY) for each in payloads],
        unusable=unusable,
        look_up=world.ledger.look_up,
        records_left=lambda: left,
        now=world.now,
    )


def message(id_: str, **tags: str) -> SentMessage:
    return SentMessage(
        channel="email", message_id=id_, to="a", sender="b", at=datetime.now(UTC), tags=tags
    )


def test_an_event_is_followed_from_the_stream_to_the_carrier(world: World) -> None:
    own = following(world, [order(1)])
    assert STREAM == own.count_in_flight()

    world.relay(order(1))
    assert QUEUE == own.count_in_flight()

    world.send_published()
    assert OVER == own.count_in_flight()
    assert 1 == own.count([message("message-1"), message("message-2")])


def test_what_others_put_or_hold_back_is_not_waited_for(world: World) -> None:
    """Theirs stays requested, and their records on the stream."""
    own = following(world, [order(1)])
    world.relay(order(1))
    world.send_published()

    world.relay(order(2))

    assert OVER == own.count_in_flight()


def test_what_is_suppressed_or_sent_already_has_nothing_on_its_way(world: World) -> None:
    payloads = [order(1, contact=None, customer_id="c-1"), order(2)]
    world.relay(*payloads)
    world.send_published()

    own = following(world, payloads)

    assert OVER == own.count_in_flight()
    assert 0 == own.count([])


NOT_ALLOWED = "1 suppressed (not-allowed): `ordercast status o-1 --shop 'Example Tea'` says why"


def test_what_was_not_sent_is_said_with_its_rule_and_where_to_read_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_events, "command_name", lambda: "ordercast")
    world.policy = replace(POLICY, allowed=("+1*",))
    payloads = [order(1, channel="both"), order(2, channel="sms")]
    own = following(world, payloads)
    world.relay(*payloads)
    world.send_published()
    assert OVER == own.count_in_flight()

    said = own.summary([message("message-1"), message("message-2")])

    assert f"2 messages sent (simulated), {NOT_ALLOWED}" == said
    assert EMAIL not in said


def test_each_message_has_its_verdict(world: World) -> None:
    world.policy = replace(POLICY, allowed=("+1*",))
    payloads = [order(1, channel="both"), order(2, channel="sms", status="shipped")]
    own = following(world, payloads)
    world.relay(*payloads)
    world.send_published()
    own.count_in_flight()

    assert [
        "order o-1 confirmed: SMS sent; e-mail not sent: suppressed (not-allowed)",
        "order o-2 shipped: SMS sent",
    ] == own.verdicts()


def test_a_message_whose_template_fails_names_the_template_while_it_waits(world: World) -> None:
    def failing(row: Notification) -> Words:
        raise TemplateFailed(row.template, "en", brand="", error=KeyError(EMAIL))

    world.words = failing
    own = following(world, [order(1, status="shipped")])
    world.relay(order(1, status="shipped"))
    world.send_published()

    assert QUEUE == own.count_in_flight()
    assert ["order o-1 shipped: e-mail not sent yet (bug:KeyError:shipped/en)"] == own.verdicts()


def test_zero_messages_have_their_reason_in_the_verdict(world: World) -> None:
    world.relay(order(3, channel="sms"))
    world.now.turn(timedelta(seconds=1))
    world.policy = replace(POLICY, quiet=quiet_for(timedelta(hours=1), since=START))
    payloads = [order(1, contact=None, customer_id="c-1"), order(2, channel="sms")]
    payloads += [order(3, channel="sms")]
    own = following(world, [*payloads, order(4)])
    world.relay(*payloads)
    own.count_in_flight()

    [nobody, quiet, before, parked] = own.verdicts()
    assert "order o-1 confirmed: e-mail not sent: suppressed (no-contact)" == nobody
    assert quiet.startswith("order o-2 confirmed: SMS not sent: deferred (quiet-hours) until ")
    assert "order o-3 confirmed: decided before, nothing is sent again" == before
    assert "order o-4 confirmed: parked: `ordercast parked list` says why" == parked


def test_of_many_events_the_first_are_listed(world: World) -> None:
    own = following(world, [order(n) for n in range(own_events.VERDICTS + 3)])

    assert own_events.VERDICTS + 1 == len(own.verdicts())
    assert "and 3 more events" == own.verdicts()[-1]


def test_what_quiet_hours_hold_back_is_said_to_be_deferred(world: World) -> None:
    quiet = quiet_for(timedelta(hours=1), since=START)
    world.policy = replace(POLICY, quiet=quiet)
    own = following(world, [order(1, channel="sms", shop=None)])
    world.relay(order(1, channel="sms", shop=None))
    assert OVER == own.count_in_flight()

    said = own.summary([], cloud="two")

    assert said.startswith("0 messages sent (simulated), 1 deferred (quiet-hours): `")
    assert said.endswith(" status o-1 --cloud two` says why")


def test_an_event_that_was_there_already_is_said_to_be_decided_before(world: World) -> None:
    world.relay(order(1))
    world.send_published()
    world.now.turn(timedelta(seconds=1))
    own = following(world, [order(1)])
    assert OVER == own.count_in_flight()

    said = own.summary([])

    assert said.startswith("0 messages sent (simulated), 1 event decided before: `")
    assert said.endswith("` shows what became of it")


def test_what_was_sent_needs_no_further_words(world: World) -> None:
    own = following(world, [order(1)])
    world.relay(order(1))
    world.send_published()
    own.count_in_flight()

    assert "1 message sent (simulated)" == own.summary([message("message-1")])


def test_what_is_promised_and_not_entered_yet_is_on_its_way_until_its_retention_ends(
    world: World,
) -> None:
    world.relay(order(1))
    world.send_published()
    world.ledger.rows.clear()

    assert QUEUE == following(world, [order(1)]).count_in_flight()
    world.now.turn(timedelta(days=4000))
    assert OVER == following(world, [order(1)]).count_in_flight()


def test_what_is_deferred_is_over_for_now(world: World) -> None:
    world.relay(order(1))
    (row,) = world.rows()
    world.ledger.rows[row.id] = replace(row, state=State.DEFERRED)

    assert OVER == following(world, [order(1)]).count_in_flight()


def test_an_unusable_record_is_over_when_the_stream_has_none_left(world: World) -> None:
    assert STREAM == following(world, [], unusable=1).count_in_flight()
    assert OVER == following(world, [], unusable=1, left=0).count_in_flight()


def test_an_event_that_the_relay_parked_is_over_when_the_stream_has_none_left(
    world: World,
) -> None:
    assert STREAM == following(world, [order(1)]).count_in_flight()
    assert OVER == following(world, [order(1)], left=0).count_in_flight()


def test_a_large_file_is_looked_at_in_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_events, "EVENTS_A_LOOK", 2)
    payloads = [order(n) for n in range(5)]
    own = following(world, payloads)
    world.relay(*payloads[2:])
    world.send_published()

    looks = [own.count_in_flight() for _ in range(4)]

    assert [InFlight(records=5), InFlight(records=3)] == looks[:2]
    assert InFlight(records=2) == looks[-1]
    world.relay(*payloads[:2])
    world.send_published()
    assert OVER == own.count_in_flight()
    assert START == world.now()
