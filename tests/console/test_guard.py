"""Nobody but the operator's own browser is answered, and without `--allow-actions` nothing is changed."""

from collections.abc import Iterator
from copy import deepcopy
from urllib.parse import urlencode

import pytest
from starlette.routing import Mount, Route

from ordercast.console.application import routes
from ordercast.console.guard import ENTRY
from ordercast.console.pages.parked import digest_of
from ordercast.console.pages.parked_edit import digest_of_payload
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from tests.console.asking import HOST, TOKEN, Browser, operator, stranger
from tests.console.example_stage import PAUSE, Example, example
from tests.examples import notification, order_event

ID = "A" * 22


def _asked() -> Iterator[tuple[str, str]]:
    for each in routes():
        if isinstance(each, Mount):
            yield "GET", f"{each.path}/console.css"
        elif isinstance(each, Route):
            for method in sorted(each.methods or ()):
                path = each.path
                for name in each.param_convertors:
                    path = path.replace(f"{{{name}}}", ID)
                yield method, path


EVERY = list(_asked())
WAITING = notification(1, Channel.SMS).id
SENT = notification_id(
    order_event(order_id="o-sent", event_id="e-sent", status="shipped"), Channel.EMAIL
)
OWN = f"http://{HOST}"
EDITED = digest_of_payload(b"{}")
CANCEL = {"id": WAITING, "verb": "cancel", "reason": "a trial", "seen": digest_of("deferred 1")}
RESEND = {"id": SENT, "verb": "resend", "reason": "a trial", "number": "1", "may_double": "yes"}
FORMS: tuple[dict[str, str], ...] = (
    {},
    {"id": "101", "verb": "drop", "reason": "a trial", "seen": digest_of("101")},
    {"id": "101", "payload": "{}", "force": "yes", "reason": "a trial", "seen": EDITED},
    {"hold": PAUSE.id, "reason": "a trial"},
    {"channel": "sms", "reason": "a trial"},
    CANCEL,
    RESEND,
)


def test_without_the_cookie_no_route_answers(on: Example) -> None:
    nobody = stranger(on.stage(allow_actions=True))
    for method, path in EVERY:
        for cookie in ("", "ordercast-8899=guessed", "no cookie at all", "ordercast-8899"):
            asked = nobody.ask(method, path, b"", origin=OWN, cookie=cookie)
            assert 403 == asked.status, path
            assert "Open the address" in asked.body or method == "HEAD"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8899"},
        {"host": "localhost:8899"},
        {"host": "127.0.0.1"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9000"},
        {"origin": "null"},
    ],
)
def test_another_host_or_origin_is_refused_on_every_route_with_the_cookie_too(
    on: Example, elsewhere: dict[str, str]
) -> None:
    browser = operator(on.stage(allow_actions=True))
    for method, path in [*EVERY, ("GET", f"{ENTRY}?token={TOKEN}")]:
        assert browser.ask(method, path, b"", **elsewhere).status in {403, 421}, path


def test_a_page_on_another_port_of_this_machine_gets_nothing(reader: Browser) -> None:
    """Browsers give it our cookie: ports are not told apart."""
    for method, path in EVERY:
        asked = reader.ask(method, path, b"", origin=OWN, sec_fetch_site="same-site")
        assert 403 == asked.status, path


def test_a_form_without_an_origin_is_refused(actor: Browser) -> None:
    for method, path in EVERY:
        if method == "POST":
            assert 403 == actor.ask(method, path).status, path


def test_the_token_is_traded_once_for_a_cookie_that_scripts_do_not_see(on: Example) -> None:
    browser = stranger(on.stage())
    first = browser.get(f"{ENTRY}?token={TOKEN}")
    assert 200 == first.status
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(first.headers["set-cookie"].split("; "))
    assert TOKEN not in first.body + first.headers["set-cookie"]
    assert 403 == browser.get(f"{ENTRY}?token={TOKEN}").status
    assert 403 == stranger(on.stage()).get(f"{ENTRY}?token=other").status


def test_every_answer_forbids_scripts_of_others_frames_and_caches(actor: Browser) -> None:
    for method, path in EVERY:
        headers = actor.ask(method, path, b"", origin=OWN).headers
        policy = headers["content-security-policy"].split("; ")
        assert "default-src 'none'" in policy, path
        assert not [each for each in policy if "script-src" in each and each != "script-src 'self'"]
        assert "sandbox" in policy or "unsafe" not in str(policy), path
        assert {"frame-ancestors 'none'", "frame-ancestors 'self'"} & set(policy), path
        kept = (headers["cache-control"], headers["referrer-policy"])
        assert ("no-store", "same-origin") == kept, path


def test_without_allow_actions_no_request_changes_anything_but_the_audit_trail(
    on: Example, reader: Browser
) -> None:
    before = _kept(on)
    for form in FORMS:
        for method, path in EVERY:
            reader.ask(method, path, urlencode(form).encode(), origin=OWN)
            assert before == _kept(on), path
    assert {"show"} == {each.verb for each in on.target.trail.acts.values()}


def test_with_allow_actions_such_requests_do_change_something(on: Example, actor: Browser) -> None:
    """Else the test above would show nothing."""
    for path, form in (
        ("/resume/act", FORMS[3]),
        ("/parked/edit/keep", FORMS[2]),
        ("/messages/act", CANCEL),
        ("/messages/act", RESEND),
    ):
        before = _kept(on)
        actor.post(path, form)
        assert before != _kept(on), path


def _kept(on: Example) -> object:
    world = on.target.world
    return deepcopy(
        (
            world.ledger.rows,
            world.ledger.holds,
            world.ledger.opened,
            world.ledger.limits,
            on.target.counted.written,
            on.store.notes,
            on.store.edited,
            on.stream.puts,
            world.notifications_topic.published,
        )
    )


def test_the_example_has_something_to_lose() -> None:
    on = example()
    assert on.target.world.ledger.rows
    assert on.target.world.ledger.holds
    assert on.store.kept
