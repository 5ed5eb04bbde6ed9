"""`ordercast messages`, `orders`, `find` and `tail`: what operators ask of a stage's messages."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.cli import find, messages, orders, tail
from ordercast.events.identity import notification_id_for, order_hash_for
from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.queries.messages import Lists
from ordercast.queries.tail import BACK
from ordercast.rollups.counting import entries, transactions
from tests.examples import notification
from tests.fakes.ledger import FakeLedger
from tests.fakes.message_lists import FakeCountedList, FakeLedgerLists
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.fakes.shops import FakeShops

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


def of_order(order_id: str, channel: Channel, **changes: Any) -> Notification:
    order = order_hash_for(shop="Tea", order_id=order_id)
    row = notification(
        1, channel, order=OrderDetails(order_id=order_id, shop="Tea"), due_at=None, **changes
    )
    return replace(row, id=notification_id_for(order, "event", channel))


ROWS = [
    of_order("o-1", Channel.SMS, state=State.FAILED, country="SE", effective_at=NOW - MINUTE),
    of_order("o-1", Channel.EMAIL, state=State.DELIVERED, effective_at=NOW - MINUTE),
    of_order(
        "o-2", Channel.SMS, state=State.SUPPRESSED, rule="no-contact", effective_at=NOW - 2 * MINUTE
    ),
    of_order("o-3", Channel.EMAIL, state=State.SENT, effective_at=NOW - 3 * MINUTE),
]


@pytest.fixture(autouse=True)
def _stage(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, rollups = FakeLedger(), FakeRollups()
    ledger.rows = {row.id: row for row in ROWS}
    rollups.commit(
        transactions(entries([rollup_input_of(write(row)) for row in ROWS], {})), writer=0
    )
    where = SimpleNamespace(
        lists=lambda: Lists(counted=FakeCountedList(rollups, []), ledger=FakeLedgerLists(ledger)),
        ledger=lambda: ledger,
        receipt_logs=FakeReceiptLogs,
        rollups=lambda: rollups,
        shops=lambda: FakeShops(frozenset({"Closed for a year"})),
        settings=SimpleNamespace(default_country="US"),
    )
    for command in (find, messages, orders, tail):
        monkeypatch.setattr(command, "target", lambda _stage, _cloud: where)
    monkeypatch.setattr(find, "parked_with", lambda _where, _text: [])


def test_messages_are_listed_newest_first_by_the_page(run) -> None:
    status, out, _ = run("messages", "--last", "3", "--json")
    page = json.loads(out)

    assert 0 == status
    assert {row.id for row in ROWS[:3]} == {each["id"] for each in page["messages"]}
    rest = json.loads(run("messages", "--after", page["cursor"], "--json")[1])
    assert [ROWS[3].id] == [each["id"] for each in rest["messages"]]
    assert rest["cursor"] is None


def test_a_list_as_csv_has_a_line_of_names(run) -> None:
    lines = list(csv.DictReader(io.StringIO(run("messages", "--country", "se", "--csv")[1])))

    assert [ROWS[0].id] == [each["id"] for each in lines]
    assert [("SE", "failed", "sms")] == [(e["country"], e["state"], e["channel"]) for e in lines]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (("--state", "failed"), ROWS[:1]),
        (("--state", "failed", "--country", "NO"), []),
        (("--rule", "no-contact"), ROWS[2:3]),
        (("--channel", "email", "--state", "sent"), ROWS[3:]),
        (("--since", "90s"), None),
        (("--address", "+12065550199"), []),
    ],
)
def test_messages_are_selected_by_what_is_named(run, words, rows) -> None:
    status, out, err = run("messages", *words, "--json")
    if rows is None:
        assert (1, True) == (status, "--since" in err)
    else:
        assert [row.id for row in rows] == [each["id"] for each in json.loads(out)["messages"]]


def test_a_page_says_how_far_it_looked_and_what_it_took(run) -> None:
    out = run("messages")[1]

    assert "failed  sms to SE  confirmed, Tea" in out
    assert "4 messages, back to" in out
    assert "read units; that is all" in out


def test_an_order_of_which_nothing_arrived_is_unreached(run) -> None:
    """One whose text failed and whose e-mail arrived is not, nor is one on its way."""
    found = json.loads(run("orders", "--unreached", "--json")[1])

    assert [("o-2", "no-contact")] == [(e["order"], e["rule"]) for e in found["orders"]]
    assert "not sent: no-contact" in found["orders"][0]["verdict"]
    assert "o-2" in run("orders", "--unreached")[1]
    assert 1 == run("orders")[0]


def test_find_says_first_what_became_of_it(run) -> None:
    first, *below = run("find", "o-2")[1].splitlines()

    assert first.startswith("order of Tea: confirmed, SMS: not sent: no-contact")
    assert ROWS[2].id in below[0]
    assert ROWS[2].id == json.loads(run("find", "o-2", "--json")[1])[0]["messages"][0]["id"]


def test_what_is_not_found_says_where_it_was_looked_for(run) -> None:
    status, _, err = run("find", "o-404")

    assert 1 == status
    assert "nothing is known" in err
    assert "3 shops" in err, "none, one of this hour, and one that was listed long ago"


def test_tail_shows_ids_and_states_and_no_address(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "utc_now", lambda: NOW)
    out = run("tail", "--for", "0", "--json")[1]
    ids = [json.loads(line)["id"] for line in out.splitlines()]

    assert [ROWS[3].id, ROWS[2].id] == ids[:2]
    assert {row.id for row in ROWS} == set(ids)
    assert not any(row.recipient and row.recipient in out for row in ROWS)


def test_tail_shows_no_message_that_is_older_than_some_minutes(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "utc_now", lambda: NOW + BACK - 1.5 * MINUTE)
    out = run("tail", "--for", "0", "--json")[1]

    assert {row.id for row in ROWS[:2]} == {json.loads(line)["id"] for line in out.splitlines()}
