"""`ordercast audit`: who did what, when, why and with what result; no act is done that cannot be kept."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from ordercast.audit import OF_MAX, Act, Verb, of_many, recorded
from ordercast.cli import audit
from ordercast.errors import LedgerUnavailable
from tests.fakes.audit_trail import FakeAuditTrail

NOW = datetime.now(UTC).replace(microsecond=0)
PAUSED = Act(verb=Verb.PAUSE, of="paused:country=SE", by="ada", at=NOW, tag="0a", reason="a trial")


@pytest.fixture(autouse=True)
def _stage(monkeypatch: pytest.MonkeyPatch, trail: FakeAuditTrail) -> None:
    where = SimpleNamespace(audit_trail=lambda: trail)
    monkeypatch.setattr(audit, "target", lambda _stage, _cloud: where)


def test_an_act_is_kept_before_it_is_done_and_its_outcome_after(trail: FakeAuditTrail) -> None:
    with recorded(trail, PAUSED) as doing:
        assert [*trail.acts.values()] == [PAUSED]
        assert {} == trail.outcomes
        doing.outcome = "held back"

    assert ["held back"] == [*trail.outcomes.values()]


def test_what_cannot_be_kept_is_not_done(trail: FakeAuditTrail) -> None:
    trail.unavailable, done = True, []

    with pytest.raises(LedgerUnavailable), recorded(trail, PAUSED):
        done.append(PAUSED)

    assert [] == done


def test_the_outcome_of_a_failure_says_its_kind_and_quotes_nothing(trail: FakeAuditTrail) -> None:
    with pytest.raises(ValueError, match="ada@example"), recorded(trail, PAUSED):
        raise ValueError("ada@example.com")

    assert ["failed: ValueError"] == [*trail.outcomes.values()]


def test_acts_are_listed_the_newest_first_with_who_when_why_and_what_came_of_it(
    trail: FakeAuditTrail, run
) -> None:
    later = replace(PAUSED, verb=Verb.DROP, of="3: a b c", by="bob", at=NOW + timedelta(seconds=1))
    trail.intend(PAUSED)
    trail.end(PAUSED, "held back")
    trail.intend(later)

    lines = run("audit")[1].splitlines()
    assert [
        f"{PAUSED.at:%Y-%m-%d %H:%M:%S} UTC" in lines[1],
        "pause by ada (a trial)" in lines[1],
    ] == [True] * 2
    assert "paused:country=SE: held back" in lines[1]
    assert f"drop by bob (a trial): 3: a b c: {audit.UNKNOWN}" in lines[0]


@pytest.mark.parametrize(
    "words",
    [
        ("--verb", "pause"),
        ("--of", "country=SE"),
        ("--by", "ad"),
        ("--last", "1", "--verb", "pause"),
    ],
)
def test_acts_are_found_by_verb_by_whom_and_on_what(trail: FakeAuditTrail, run, words) -> None:
    trail.intend(PAUSED)
    trail.intend(replace(PAUSED, verb=Verb.DROP, of="x", by="bob", at=NOW + timedelta(seconds=1)))

    found = json.loads(run("audit", "--json", *words)[1])
    assert ["paused:country=SE"] == [each["of"] for each in found]
    assert [None] == [each["outcome"] for each in found]


def test_what_is_older_than_asked_for_is_not_listed(trail: FakeAuditTrail, run) -> None:
    trail.intend(replace(PAUSED, at=NOW - timedelta(days=3)))

    assert "No such act since" in run("audit", "--since", "2d")[1]
    assert "pause by ada" in run("audit", "--since", "4d")[1]


def test_many_things_are_named_as_far_as_they_fit() -> None:
    assert of_many(["a"]) == "a"
    assert of_many(["a", "b"]) == "2: a b"
    assert len(of_many(["0123456789"] * 1000)) == OF_MAX
