import re
import stat
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from local_cloud.inbox import SentMessage
from ordercast.cli.local.inbox import A_PAGE, inbox_listing, save_inbox


def message(**changes: Any) -> SentMessage:
    return SentMessage(
        **{  # type: ignore[arg-type]  # any field may be changed
            "channel": "sms",
            "message_id": "m-1",
            "to": "+12065550100",
            "sender": "",
            "at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
            "text": "Your order o-1 is confirmed.",
        }
        | changes
    )


EMAIL = message(
    channel="email", to="ada@example.com", subject="Order <o-1> & more", html="<h1>Hello</h1>"
)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs)["href"] or "")


def test_every_email_is_kept_as_it_looks_and_the_list_leads_to_it(tmp_path: Path) -> None:
    page = save_inbox([message(), EMAIL, EMAIL], tmp_path)

    links = Links()
    links.feed(page.read_text())
    assert 2 == len(links.found)
    assert ["<h1>Hello</h1>"] * 2 == [(tmp_path / link).read_text() for link in links.found]


def pages_of(page: Path) -> list[str]:
    """Follow the links to older messages from the first page on."""
    written = [page.read_text()]
    while older := re.search(r'<a href="([^"]+)" rel="next">', written[-1]):
        written.append((page.parent / older[1]).read_text())
        assert len(written) < 100
    return written


def test_thousands_of_messages_are_listed_by_the_page_the_newest_first(tmp_path: Path) -> None:
    sent = [message(text=f"text {n}.") for n in range(1, 3001)]
    first, *further = pages_of(save_inbox(sent, tmp_path))

    assert "3,000 messages" in first
    assert "1 to 200 of 3,000" in first
    assert 3000 / A_PAGE == 1 + len(further)
    assert max(len(each) for each in (first, *further)) < 60_000
    shown = re.findall(r"text (\d+)\.", "".join([first, *further]))
    assert [f"{n}" for n in range(3000, 0, -1)] == shown


def test_every_page_leads_to_pages_and_emails_that_are_there(tmp_path: Path) -> None:
    save_inbox([EMAIL] * 1500, tmp_path)

    for page in tmp_path.glob("*.html"):
        links = Links()
        links.feed(page.read_text())
        assert [] == [link for link in links.found if not (tmp_path / link).is_file()]


def test_a_shorter_inbox_leaves_no_page_of_a_longer_one(tmp_path: Path) -> None:
    save_inbox([message()] * 500, tmp_path)
    page = save_inbox([message()], tmp_path)

    assert [page] == list(tmp_path.glob("*.html"))
    assert "1 message to" in page.read_text()
    assert "<nav" not in page.read_text()


def test_a_shorter_inbox_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    save_inbox([EMAIL, EMAIL], tmp_path)
    save_inbox([EMAIL], tmp_path)

    assert ["0001.html"] == [kept.name for kept in (tmp_path / "emails").iterdir()]


def test_the_pages_are_their_owners_alone(tmp_path: Path) -> None:
    page = save_inbox([EMAIL], tmp_path / "out" / "shop")

    assert 0o700 == stat.S_IMODE(page.parent.stat().st_mode)


def test_what_a_shop_wrote_is_text_on_the_page_and_never_markup(tmp_path: Path) -> None:
    page = save_inbox([EMAIL, message(text="<script>alert(1)</script>")], tmp_path).read_text()

    assert "Order &lt;o-1&gt; &amp; more" in page
    assert "<script>" not in page


def listed(*messages: SentMessage, last: int) -> str:
    console = Console(width=120, file=StringIO())
    console.print(inbox_listing(messages, last=last))
    return console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_the_listing_shows_the_newest_last_and_as_many_as_asked_for() -> None:
    messages = [message(text=f"text {n}") for n in range(5)]

    assert ["text 3", "text 4"] == [
        line.split("  ")[-1].strip() for line in listed(*messages, last=2).splitlines()[1:]
    ]
    assert 6 == len(listed(*messages, last=0).splitlines())


def test_the_listing_shows_markup_as_it_was_written() -> None:
    assert "[red]o-1[/red]" in listed(message(text="[red]o-1[/red]"), last=1)


def test_promotional_messages_are_told_from_the_others(tmp_path: Path) -> None:
    text = message(attributes={"AWS.SNS.SMS.SMSType": "Promotional"})
    usual = message(attributes={"AWS.SNS.SMS.SMSType": "Transactional"})
    mail = message(channel="email", tags={"class": "promotional"}, html="<p>", subject="Well?")
    printed = StringIO()
    Console(file=printed, width=100).print(inbox_listing([text, usual, mail], last=0))
    page = save_inbox([text, usual, mail], tmp_path).read_text()

    for shown in (printed.getvalue(), page):
        assert 2 == shown.count("(promotional)")
        assert "sms (promotional)" in shown
