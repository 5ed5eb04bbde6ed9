"""An order's page: each step in words, how it looked, addresses masked until asked."""

import re

import pytest

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.operations.forgetting import Whom, forget
from tests.console.asking import Browser
from tests.console.example_stage import Example
from tests.examples import EMAIL, PHONE, person


@pytest.fixture
def order(on: Example) -> str:
    """The hash of an order whose two messages were sent."""
    [id_] = {
        row.id[:22]
        for row in on.target.world.ledger.rows.values()
        if row.order.order_id == "o-sent"
    }
    return id_


def rows(on: Example, order: str):
    return {r.channel: r for i, r in on.target.world.ledger.rows.items() if i.startswith(order)}


def test_each_message_has_its_steps_and_looks_as_it_was_sent(
    on: Example, reader: Browser, order: str
) -> None:
    page = reader.get(f"/orders/{order}")
    assert 200 == page.status
    text, email = rows(on, order)["sms"], rows(on, order)["email"]
    assert "Order o-sent" in page.body
    assert "accepted it as message" in page.body
    assert 'class="bubble"' in page.body
    assert f'src="/emails/{email.id}"' in page.body
    assert text.id in page.body


def test_addresses_are_masked_until_asked_and_that_is_kept(
    on: Example, reader: Browser, order: str
) -> None:
    page = reader.get(f"/orders/{order}").body
    assert EMAIL not in page
    assert PHONE not in page
    assert "a···@example.com" in page
    email = rows(on, order)["email"]

    assert EMAIL in reader.post("/address", {"id": email.id}).body

    [act] = on.target.trail.acts.values()
    assert ("show", email.id) == (act.verb, act.of)


def test_an_address_that_cannot_be_kept_as_shown_is_not_shown(
    on: Example, reader: Browser, order: str
) -> None:
    on.target.trail.unavailable = True
    answer = reader.post("/address", {"id": rows(on, order)["email"].id})
    assert 503 == answer.status
    assert EMAIL not in answer.body


def test_an_email_is_framed_without_scripts_forms_or_network(
    on: Example, reader: Browser, order: str
) -> None:
    email = reader.get(f"/emails/{rows(on, order)['email'].id}")
    assert 200 == email.status
    policy = email.headers["content-security-policy"]
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(policy.split("; "))
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/orders/nothing", "/emails/nothing", "/no-such-page"])
def test_what_is_not_there_says_so(reader: Browser, path: str) -> None:
    assert 404 == reader.get(path).status


def test_an_order_that_is_found_is_shown_without_its_name_in_the_address(reader: Browser) -> None:
    sent_on = reader.post("/find", {"text": "o-sent", "shop": "Example Tea"})
    assert 303 == sent_on.status
    assert "o-sent" not in sent_on.headers["location"]
    assert "Order o-sent" in reader.get(sent_on.headers["location"]).body


def test_an_address_leads_to_its_messages_and_no_address_of_a_page_holds_it(
    reader: Browser,
) -> None:
    page = reader.post("/find", {"text": EMAIL}).body
    [to] = re.findall(r'href="(/messages\?[^"]*)"', page)
    assert "ada" not in page.replace("ada</td>", "")
    assert "/orders/" in reader.get(to.replace("&amp;", "&")).body


def test_a_customer_s_record_is_shown_with_contacts_masked(on: Example, reader: Browser) -> None:
    known = person(email=EMAIL, consents=frozenset({Channel.SMS}))
    on.target.world.people.put(known)
    page = reader.get(f"/customers/{known.key}").body
    assert "a···@example.com" in page
    assert EMAIL not in page
    assert f"/messages?customer={known.key}" in page
    assert "Nothing is on record" in reader.get("/customers/nobody").body


def test_nothing_found_is_said_and_an_empty_search_refused(reader: Browser) -> None:
    assert "Nothing is known by that name" in reader.post("/find", {"text": "nobody"}).body
    assert 400 == reader.post("/find", {"text": " "}).status


def test_of_a_person_who_was_forgotten_the_steps_are_left_and_neither_words_nor_address(
    on: Example, reader: Browser, order: str
) -> None:
    world = on.target.world
    forget(Whom(address=address_key(EMAIL)), world.ledger, world.people, at=world.now())
    page = reader.get(f"/orders/{order}").body

    assert "Its person was forgotten" in page
    assert "accepted it as message" in page
    assert f'src="/emails/{rows(on, order)["email"].id}"' not in page
    found = reader.post("/find", {"text": EMAIL})
    assert (200, True) == (found.status, address_key(EMAIL) in found.body)
