"""One page shows all that may be said, and loads and runs nothing."""

import re
from pathlib import Path

from ordercast.authoring.preview import preview
from ordercast.templates.brands import read_brands


def page(checkout: Path) -> str:
    return preview(read_brands(checkout / "brands").values())


def test_each_template_is_shown_in_each_language_for_each_brand(checkout: Path) -> None:
    shown = page(checkout)
    # three templates in two languages, for all shops and for the brand; its own status in both
    assert 2 * 3 * 2 + 2 == shown.count("<iframe") == shown.count('class="bubble"')
    assert "Nordic Outfitters: packed" in shown
    assert 7 == shown.count("<h3>en · ")


def test_a_text_is_shown_with_what_it_is_billed_as(checkout: Path) -> None:
    assert re.search(r"1 part, GSM-7, \d+ units", page(checkout))


def test_an_email_may_do_nothing_to_the_page(checkout: Path) -> None:
    """It is quoted whole, in a frame that runs no script and sends no form."""
    shown = page(checkout)
    assert shown.count("<iframe") == shown.count("<iframe sandbox ")
    assert 1 == shown.count("<body>")
    assert "<script" not in shown
    assert not re.search(r'<(?:link|img)\b|\bsrc="', shown)
