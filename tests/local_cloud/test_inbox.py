"""Messages in the inbox can be read at any moment, also while one is written."""

import json
from datetime import UTC, datetime

from local_cloud.inbox import FILE_NAME, Inbox, SentMessage, read_inbox

MESSAGE = SentMessage(
    channel="email",
    message_id="m-1",
    to="ann@example.org",
    sender="Shop <orders@example.com>",
    at=datetime(2026, 11, 21, 12, 0, 1, 500000, tzinfo=UTC),
    subject="Dein Päckchen",
    text="line one\nline two",
    html="<p>one</p>",
    tags={"notification_id": "n-1"},
    configuration_set="local",
    attributes={"List-Unsubscribe": "<https://example.com/u>"},
)


def test_messages_are_read_back_in_order(tmp_path):
    inbox = Inbox(tmp_path / "inbox")
    sms = SentMessage(
        channel="sms", message_id="m-2", to="+12065550100", sender="", at=MESSAGE.at, text="hi"
    )
    inbox.append(MESSAGE)
    inbox.append(sms)

    assert [MESSAGE, sms] == read_inbox(tmp_path / "inbox")


def test_an_inbox_that_got_nothing_is_empty(tmp_path):
    assert [] == read_inbox(tmp_path / "none")


def test_a_line_that_is_still_being_written_is_left_for_later(tmp_path):
    Inbox(tmp_path).append(MESSAGE)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('{"channel": "sms", "mess')

    assert [MESSAGE] == read_inbox(tmp_path)


def test_each_line_says_that_it_is_a_simulation(tmp_path):
    Inbox(tmp_path).append(MESSAGE)

    line = json.loads((tmp_path / FILE_NAME).read_text())
    assert line["simulated"] is True
    assert "Shop <orders@example.com>" == line["from"]
    assert "2026-11-21T12:00:01.500000Z" == line["at"]
