"""The console in headless Chromium: a failed message is found, a redrive done, counters move; it can be read by all."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ordercast.operations import acts, holding, resending
from tests.browser import Page, page_or_skip
from tests.console.example_stage import Example, example, hostile_example
from tests.console.served import served
from tests.pages import ROOT

pytestmark = pytest.mark.enable_socket

PHONE, DESK = 390, 1280
AXE = ROOT / "node_modules/axe-core/axe.min.js"

OUTSIDE = """[...document.querySelectorAll('main *, header *')]
    .filter(e => e.checkVisibility() && !e.closest('.wide, svg, .skip'))
    .filter(e => { const b = e.getBoundingClientRect(); return b.right > innerWidth + 1 || b.left < -1; })
    .map(e => e.outerHTML.slice(0, 200))"""


def named(kind: str, words: str) -> str:
    """Return the expression for the first element of that kind with these words."""
    return f"[...document.querySelectorAll('{kind}')].find(e => e.textContent.includes('{words}'))"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab of headless Chromium."""
    folder = tmp_path_factory.mktemp("profile")
    with page_or_skip(folder, left_out="how the console works") as opened:
        yield opened


class Console:
    """A console that is open in a tab."""

    def __init__(self, page: Page, entry: str, on: Example) -> None:
        self.page, self.on = page, on
        self.base = re.match(r"http://[^/]+", entry)[0]  # type: ignore[index]
        page.errors_console.clear()
        page.show(entry, width=DESK, scheme="light")
        # It moves on by itself.
        there = f"location.href === '{self.base}/' && document.readyState === 'complete'"
        while not page.evaluate(there):
            pass

    def show(self, path: str, *, width: int = DESK, scheme: Any = "light") -> None:
        """Open a page and wait for what it asks for itself."""
        self.page.show(self.base + path, width=width, scheme=scheme)
        self.page.wait_for("!document.querySelector('[aria-busy=true]')")


@pytest.fixture
def console(page: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """A console that may act, of a stage on which something of everything has happened."""
    on = example()
    monkeypatch.setattr(acts, "audit_trail_of", lambda _: on.target.trail)
    for module in (acts, holding):
        monkeypatch.setattr(module, "caller_on", lambda _: "ada")
    topic = on.target.world.notifications_topic
    monkeypatch.setattr(resending, "notifications_topic_of", lambda _: topic)
    with served(on.stage(allow_actions=True)) as entry:
        yield Console(page, entry, on)


def pages_of(on: Example) -> list[str]:
    """Return the address of each page."""
    [order] = {
        i[:22] for i, r in on.target.world.ledger.rows.items() if r.order.order_id == "o-sent"
    }
    plain = ("/", "/parked", "/figures", "/find", "/pause", "/templates", "/settings", "/doctor")
    return [*plain, "/audit", f"/orders/{order}", "/no-such-page"]


def test_a_failed_message_is_found_from_the_first_page_in_three_steps(console: Console) -> None:
    page = console.page
    page.follow(named("a", "parked"))
    page.wait_for(named("h2", "out-of-attempts"))
    page.follow(named("a", "Its order"))
    assert "parked (out-of-attempts)" in page.evaluate("document.body.innerText")


def test_a_record_is_redriven_after_a_dry_run_with_a_reason(console: Console) -> None:
    page = console.page
    console.show("/parked")
    page.follow("document.querySelector('[aria-label=\"Redrive 101\"]')")
    assert page.evaluate("document.querySelector('[name=reason]').required")
    page.evaluate("document.querySelector('[name=reason]').value = 'mended'")
    page.follow("document.querySelector('[action=\"/parked/act\"] button')")
    assert "1 of 1 redriven" == page.evaluate("document.querySelector('h1').textContent")
    assert 1 == len(console.on.stream.puts)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_message_is_sent_again_where_it_is_said_that_it_may_come_twice(
    console: Console, width: int
) -> None:
    page = console.page
    console.show(pages_of(console.on)[-2], width=width)
    page.follow(named("button", "Resend"))
    assert "It is sent: it may arrive yet." in page.evaluate("document.body.innerText")
    assert [] == page.evaluate(OUTSIDE)
    assert [] == _faults(page)
    page.evaluate("document.querySelector('[name=reason]').value = 'she asked for it'")
    page.evaluate("document.querySelector('[name=may_double]').checked = true")
    page.follow("document.querySelector('[action=\"/messages/act\"] button')")
    assert "Sent again as resend 1" in page.evaluate("document.body.innerText")
    again = [r for r in console.on.target.world.ledger.rows.values() if r.resend_of]
    assert 1 == len(again)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_payload_is_corrected_and_its_problems_stand_beside_the_field(
    console: Console, width: int
) -> None:
    page = console.page
    console.show("/parked", width=width)
    page.follow("document.querySelector('[aria-label=\"Correct 101\"]')")
    field = "document.querySelector('[name=payload]')"
    assert "o-7" in page.evaluate(f"{field}.value")
    page.evaluate(f'{field}.value = \'{{"order_id": ""}}\'')
    page.follow(named("button", "Check it"))
    assert "order_id" in page.evaluate("document.querySelector('#checked strong').textContent")
    assert [] == page.evaluate(OUTSIDE)
    assert [] == _faults(page)
    page.evaluate(f'{field}.value = \'{{"order_id": "o-8", "customer_id": "c-1"}}\'')
    page.follow(named("button", "Check it"))
    page.evaluate("document.querySelector('[name=reason]').value = 'the shop said so'")
    page.follow(named("button", "Keep the corrected payload"))
    assert "Corrected" == page.evaluate("document.querySelector('h1').textContent")
    assert [b'{"order_id": "o-8", "customer_id": "c-1"}'] == [
        each.payload for each in console.on.store.edited
    ]


def test_a_payload_and_an_address_come_where_they_were_asked_for(console: Console) -> None:
    page = console.page
    console.show("/parked")
    page.evaluate(f"({named('button', 'Show the payload')}).click()")
    assert "o-7" in page.wait_for("document.querySelector('.asked pre')?.textContent")
    console.show(pages_of(console.on)[-2])
    page.evaluate(f"({named('button', 'Show the address')}).click()")
    shown = page.wait_for("document.querySelector('.asked .address')?.textContent")
    assert shown in {"ada@example.com", "+12065550100"}


def test_live_counters_move_without_a_reload(console: Console) -> None:
    page = console.page
    console.show("/")
    page.evaluate("window.sameAsBefore = true")
    key, amounts = next(
        (k, a) for (k, _), a in console.on.target.counted.written.items() if k.channel == "sms"
    )
    del key
    amounts["state#delivered"] = amounts.get("state#delivered", 0) + 5000
    console.on.now += timedelta(minutes=2)
    assert page.wait_for(f"({named('td', '5,309')}) && window.sameAsBefore")


def test_the_cookie_is_hidden_from_scripts_and_no_address_holds_the_token(console: Console) -> None:
    assert "" == console.page.evaluate("document.cookie")
    assert "token" not in console.page.evaluate("location.href")


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_can_be_read_and_complains_of_nothing(
    console: Console, width: int, scheme: Any
) -> None:
    page = console.page
    for path in pages_of(console.on):
        console.show(path, width=width, scheme=scheme)
        assert [] == page.evaluate(OUTSIDE), path
        if width == DESK:
            assert [] == _faults(page), path
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 27)"
        assert dark == (scheme == "dark"), path
    refused = [each for each in page.errors_console if "Content Security" in each]
    assert [] == refused


def _faults(page: Page) -> list[str]:
    """Return what axe finds that is serious."""
    if not AXE.exists():
        pytest.fail("axe-core is not set up: make bootstrap")
    page.call("Runtime.evaluate", expression=AXE.read_text())
    found = page.call(
        "Runtime.evaluate",
        expression="axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => "
        "r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))",
        returnByValue=True,
        awaitPromise=True,
    )
    assert "exceptionDetails" not in found, found
    faults: list[str] = found["result"]["value"]
    return faults


EVIL = "'\"><img src=x onerror=pwned=1><script>pwned=1</script><b data-evil>{{7*7}}"


@pytest.fixture
def hostile() -> Example:
    """A stage on which every field that others write holds HTML."""
    return hostile_example(EVIL)


def test_injected_html_in_every_field_is_inert(
    page: Page, monkeypatch: pytest.MonkeyPatch, hostile: Example
) -> None:
    monkeypatch.setattr(acts, "audit_trail_of", lambda _: hostile.target.trail)
    monkeypatch.setattr(acts, "caller_on", lambda _: EVIL)
    seen, orders = "", {f"/orders/{i[:22]}" for i in hostile.target.world.ledger.rows}
    with served(hostile.stage(allow_actions=True)) as entry:
        console = Console(page, entry, hostile)
        for path in [*pages_of(hostile), *sorted(orders)]:
            console.show(path)
            for button in ("Show the payload", "Show the address"):
                page.evaluate(f"({named('button', button)})?.click()")
            page.wait_for("!document.querySelector('.htmx-request')")
            found = (
                "[typeof pwned, document.querySelector('[data-evil], img, main script')?.outerHTML]"
            )
            assert ["undefined", None] == page.evaluate(found), path
            seen += page.evaluate("document.body.textContent")
    assert seen.count("data-evil") > 10
    assert "49" not in re.findall(r"data-evil>(\S+)", seen)
    assert [] == [each for each in page.errors_console if "script" in each.lower()]


def test_the_keyboard_reaches_the_content_and_every_control_shows_its_focus(
    console: Console,
) -> None:
    page = console.page
    console.show("/parked")
    for kind in ("keyDown", "keyUp"):
        page.call(
            "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
        )
    assert "To the content" == page.evaluate("document.activeElement.textContent")
    assert "2px" == page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
