"""Repeated, malformed and half-processed events on the local cloud are sent once or parked."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from local_cloud.cloud import LocalCloud
from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from ordercast.sending.claim import ClaimRequest, ClaimStatus
from ordercast.sending.in_doubt import LAPSED
from pipeline.settings.checks import SETTLING
from pipeline.settings.files import read_stage
from tests.cloud.orders import (
    ended,
    enter,
    expire,
    order,
    parked,
    put,
    rows,
    sent_messages,
    sweep_now,
)
from tests.eventually import eventually
from tests.examples import paused


def test_an_event_that_is_put_again_is_sent_once(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """A producer that heard no answer puts its event again; so does a replay, much later."""
    event = order(order_id)
    put(target, event, event)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)

    after = f"{order_id}-after"
    put(target, event, order(after))
    ended(target, after, State.DELIVERED, State.DELIVERED)

    assert 2 == len(sent_messages(cloud, order_id)) - len(sent_messages(cloud, after))


def test_an_event_whose_rows_have_long_expired_is_not_sent_again(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """A replay of last year's stream: the decision alone is left, and it holds nothing personal."""
    event = order(order_id)
    put(target, event)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    expire(target, order_id)
    assert [] == rows(target, order_id)

    after = f"{order_id}-after"
    put(target, event, order(after))
    ended(target, after, State.DELIVERED, State.DELIVERED)

    assert [] == rows(target, order_id)
    assert 2 == len(sent_messages(cloud, order_id)) - len(sent_messages(cloud, after))


def test_the_same_id_with_other_content_is_parked(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    event = order(order_id, event_id=order_id)
    put(target, event)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)

    [position] = put(target, event | {"amount": 19.9})

    def the_other_one_is_parked() -> dict[str, Any] | None:
        return parked(target).get(position)

    kept = eventually(the_other_one_is_parked, within=30)
    assert kept is not None
    assert "conflicting-event" == kept["reason"]
    assert 2 == len(sent_messages(cloud, order_id))


def test_a_malformed_record_is_parked_with_its_payload_and_its_neighbours_go_out(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    before, after = f"{order_id}-1", f"{order_id}-3"
    malformed = f'{{"order_id": [5], "note": "{order_id}"}}'.encode()
    _, position, _ = put(target, order(before), malformed, order(after))

    for each in (before, after):
        ended(target, each, State.DELIVERED, State.DELIVERED)
    kept = parked(target)[position]
    assert malformed == b64decode(kept["payload"])
    assert kept["detail"].startswith("order_id: found a list; taken is text")


def test_a_publication_that_was_lost_is_made_good_by_the_sweeper(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The relay died between the ledger and the topic: nobody else knows of these rows."""
    enter(target, order_id)

    sweep_now(target, order_id)

    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(sent_messages(cloud, order_id))


def test_a_claim_that_was_never_settled_ends_in_doubt(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The sender died in the middle: its call may have been made, so nobody makes it again."""
    now = datetime.now(UTC)
    [text] = enter(target, order_id, channel="sms")
    claims = target.ledger().claim(
        [ClaimRequest(id=text.id)], owner="dead", lease_until=now - timedelta(seconds=1), now=now
    )
    assert ClaimStatus.MINE is claims[text.id].status

    sweep_now(target, order_id)

    [doubtful] = ended(target, order_id, State.IN_DOUBT)
    assert (LAPSED, 1) == (doubtful.rule, doubtful.attempts)
    assert [] == sent_messages(cloud, order_id)


def test_an_email_whose_request_was_lost_is_sent_once_more(target: Target, order_id: str) -> None:
    """The stage's numbers leave it the time: its receipt timeout closes no doubt before that."""
    policy = read_stage("local")
    lost = f"error+request-dropped+{order_id}@simulator.amazonses.com"
    put(target, order(order_id, channel="email", contact={"email": lost}))
    [doubtful] = ended(target, order_id, State.IN_DOUBT)
    mended = f"mended+{order_id}@simulator.amazonses.com"
    put(target, order(f"{order_id}-after", channel="email", contact={"email": mended}))
    ended(target, f"{order_id}-after", State.DELIVERED)

    # As if the doubt had begun so long ago that every receipt from then is known to be applied.
    long_ago = policy.resend_email_after + SETTLING + timedelta(seconds=1)
    since = datetime.now(UTC) - long_ago
    assert target.ledger().change([(doubtful, replace(doubtful, in_doubt_since=since))])

    def it_is_sent_again() -> bool:
        sweep_now(target, order_id)
        return [State.IN_DOUBT] != [row.state for row in rows(target, order_id)]

    eventually(it_is_sent_again, within=30, every=1)
    [again] = ended(target, order_id, State.DELIVERED)
    assert 1 == again.resends


def test_what_an_operator_pauses_waits_until_it_is_resumed(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    hold = paused(campaign=f"spring-{order_id}")
    target.ledger().hold([hold])
    after = f"{order_id}-after"
    put(target, order(order_id, campaign=hold.scope.campaign))
    ended(target, order_id, State.DEFERRED, State.DEFERRED)
    put(target, order(after))
    ended(target, after, State.DELIVERED, State.DELIVERED)
    assert {hold.id} == {row.held_by for row in rows(target, order_id)}
    assert len(sent_messages(cloud, order_id)) == len(sent_messages(cloud, after))

    target.ledger().let_go({hold.id}, at=datetime.now(UTC))
    sweep_now(target, order_id)

    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(sent_messages(cloud, order_id)) - len(sent_messages(cloud, after))
