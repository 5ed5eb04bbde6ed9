"""Render every template in every language for one order. Used by tests of receipts and templates."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast import templates
from ordercast.events.order_event import Money
from ordercast.notifications.notification import Notification, OrderDetails, OrderItem
from ordercast.templates.rendering import words
from ordercast.templates.statuses import TEMPLATES
from tests.examples import drafts

TEXT, MAIL = drafts(tracking_url="https://example.com/track/o-1")

FOLDER = Path(templates.__file__).parent
LANGUAGES = tuple(sorted(path.stem for path in (FOLDER / "layout").glob("*.toml")))
EVERY_VOICE = [(template, language) for template in TEMPLATES for language in LANGUAGES]
each_voice = pytest.mark.parametrize(("template", "language"), EVERY_VOICE)

# As much as an order commonly has to say.
LINK = "https://track.example.com/parcels/JJD000390007827492104"
TYPICAL: dict[str, Any] = {
    "order_id": "20260302-000017",
    "shop": "Example Tea & Coffee",
    "amount": Money(value=Decimal("1299.00"), currency="SEK"),
    "items": (OrderItem(name="Teapot"), OrderItem(name="Cup", quantity=4)),
    "day": date(2026, 3, 2),
    "tracking_url": LINK,
}


def about(notification: Notification, **facts: Any) -> Notification:
    """Return the notification with other facts of its order; items may be given by name."""
    named = [OrderItem(name=i) if isinstance(i, str) else i for i in facts.pop("items", ())]
    facts["items"] = tuple(named)
    return replace(notification, order=OrderDetails(**({"order_id": "o-1"} | facts)))


def voiced(notification: Notification, template: str, language: str) -> Notification:
    """Return the notification as another template says it, in another language."""
    return replace(notification, template=template, locale=language)


class Page(HTMLParser):
    """The tags, the text and the links of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.text += data


def page(notification: Notification) -> Page:
    return Page(words(notification).html or "")


def lines_of(page: Page) -> set[str]:
    return {line.strip() for line in page.text.translate(SPACER).splitlines()}


SPACER = str.maketrans("", "", "\u034f\u200c\xa0")
"""Characters that keep the page's text out of the preview of an e-mail; nobody sees them."""
