"""Nobody but the operator's own browser is answered, and without `--allow-actions` nothing is changed."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from starlette.routing import Mount, Route

from ordercast.console.application import routes
from ordercast.console.guard import ENTRY
from tests.console.asking import HOST, TOKEN, Browser, operator, stranger
from tests.console.example_stage import Example, example

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
FORM = {"reason": "a trial", "id": "101", "all": "1", "really": "1", "hold": "paused:all"}


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_without_the_cookie_nothing_answers(on: Example, method: str, path: str) -> None:
    nobody = stranger(on.stage(allow_actions=True))
    asked = nobody.ask(method, path, origin=f"http://{HOST}")
    assert 403 == asked.status
    assert "ordercast console" in asked.body or method == "HEAD"
    guessed = nobody.ask(method, path, origin=f"http://{HOST}", cookie="ordercast-8899=guessed")
    assert 403 == guessed.status


@pytest.mark.parametrize(("method", "path"), [*EVERY, ("GET", f"{ENTRY}?token={TOKEN}")])
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
def test_another_host_or_origin_is_refused_with_the_cookie_too(
    on: Example, method: str, path: str, elsewhere: dict[str, str]
) -> None:
    browser = operator(on.stage(allow_actions=True))
    assert browser.ask(method, path, b"", **elsewhere).status in {403, 421}


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_a_page_on_another_port_of_this_machine_gets_nothing(
    on: Example, method: str, path: str
) -> None:
    """Browsers give it our cookie: ports are not told apart."""
    asked = operator(on.stage()).ask(
        method, path, origin=f"http://{HOST}", sec_fetch_site="same-site"
    )
    assert 403 == asked.status


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


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_every_answer_forbids_scripts_of_others_frames_and_caches(
    on: Example, method: str, path: str
) -> None:
    answer = operator(on.stage()).ask(method, path, origin=f"http://{HOST}")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy.replace("style-src 'unsafe-inline'; sandbox", "")
    assert ("no-store", "no-referrer") == (
        answer.headers["cache-control"],
        answer.headers["referrer-policy"],
    )


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_without_allow_actions_no_request_changes_anything_but_the_audit_trail(
    on: Example, method: str, path: str
) -> None:
    before = _kept(on)
    browser = operator(on.stage())
    for form in ({}, FORM):
        if method == "POST":
            browser.post(path, form)
        else:
            browser.get(path)
    assert before == _kept(on)
    assert {each.verb for each in on.target.trail.acts.values()} <= {"show"}


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
            on.stream.puts,
            world.notifications_topic.published,
        )
    )


def test_the_example_has_something_to_lose() -> None:
    on = example()
    assert on.target.world.ledger.rows
    assert on.target.world.ledger.holds
    assert on.store.kept
