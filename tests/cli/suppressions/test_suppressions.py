"""Operators add and import suppressions, list them with their evidence, and each is obeyed."""

import json
from pathlib import Path

import pytest

from ordercast.audit import Verb
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from tests.cli.suppressions.suppressed_stage import Stage, next_text, opted_out
from tests.examples import EMAIL, PHONE, payload
from tests.fakes.audit_trail import FakeAuditTrail
from tests.pages import snippets
from tests.workflows.receipts.provider_receipts import TEXT

BY = ("--by", "ticket 4711")
BOUNCED = ("suppressions", "add", EMAIL, "--reason", "bounced", *BY)


@pytest.fixture
def importing(run, tmp_path: Path):
    """Import lines of a file, with or without --yes."""

    def importing(
        *lines: str, yes: bool = True, words: tuple[str, ...] = ()
    ) -> tuple[int, str, str]:
        file = tmp_path / "bounces.csv"
        file.write_text("\n".join(lines))
        really = ["--yes"] if yes else []
        status, out, err = run("suppressions", "import", str(file), *BY, *really, *words)
        return status, out, err

    return importing


def test_the_relay_obeys_a_suppression_that_was_added(
    stage: Stage, run, trail: FakeAuditTrail
) -> None:
    assert (0, True) == (run(*BOUNCED)[0], address_key(EMAIL) in stage.world.people.kept)
    stage.world.relay(payload(channel="both"))
    stage.world.send_published()

    rules = {row.channel: (row.state, row.rule) for row in stage.world.rows()}
    assert {
        Channel.EMAIL: (State.SUPPRESSED, "bounced"),
        Channel.SMS: (State.SENT, None),
    } == rules
    (act,) = trail.acts.values()
    assert (Verb.SUPPRESS, address_key(EMAIL), "ticket 4711") == (act.verb, act.of, act.reason)


def test_a_sender_obeys_one_that_was_added_while_a_message_waited(stage: Stage, run) -> None:
    stage.world.relay(payload(channel="email"))
    run(*BOUNCED)
    stage.world.send_published()

    (row,) = stage.world.rows()
    assert ((State.SUPPRESSED, "bounced"), 0) == ((row.state, row.rule), stage.world.got().total())


def test_what_is_added_twice_keeps_its_first_evidence_and_can_be_ended(stage: Stage, run) -> None:
    run("suppressions", "add", PHONE, "--by", "ticket 1")
    before = stage.world.people.kept[address_key(PHONE)]
    assert "it was suppressed before" in run("suppressions", "add", PHONE, "--by", "ticket 2")[1]
    assert before == stage.world.people.kept[address_key(PHONE)]
    assert State.SUPPRESSED == next_text(stage.world, 3)

    assert 0 == run("suppressions", "remove", "--address", PHONE, *BY)[0]
    assert State.SENT == next_text(stage.world, 4)


def test_evidence_names_receipt_message_and_order_and_no_address(stage: Stage, run) -> None:
    opted_out(stage.world)
    status, out, _ = run("suppressions", "show", PHONE, "--json")
    shown = json.loads(out)

    assert (0, "+1···00", address_key(PHONE)) == (status, shown["address"], shown["hash"])
    assert {
        "at": "2026-03-02T09:30:00.000+00:00",
        "channel": "sms",
        "reason": "opted-out",
        "evidence": "FAILURE/Phone number is opted out",
        "message": "message-1",
        "by": None,
        "notification": TEXT.id,
        "order": TEXT.order.order_id,
    } == shown["suppression"]
    assert PHONE not in out
    assert "o-2" in run("suppressions", "show", address_key(PHONE))[1]


def test_what_an_operator_added_says_who_asked_for_it(stage: Stage, run) -> None:
    run(*BOUNCED)
    out = run("suppressions", "show", EMAIL)[1]
    assert [True] * 3 == [each in out for each in ("a···@example.com", "by hand", "ticket 4711")]
    run("suppressions", "remove", "--address", EMAIL, "--by", "ticket 5")
    out = run("suppressions", "show", EMAIL)[1]
    assert ("none: messages may be sent" in out, "bounced, by ticket 5 on" in out) == (True, True)


def test_suppressions_are_listed_newest_first_by_the_page(stage: Stage, importing, run) -> None:
    days = [f"{chr(97 + n)}@example.com,bounce,2026-02-{n + 1:02}" for n in range(5)]
    importing("address,reason,at", *days)
    opted_out(stage.world)
    page = json.loads(run("suppressions", "list", "--last", "4", "--json")[1])
    rest = json.loads(run("suppressions", "list", "--after", page["cursor"], "--json")[1])

    listed = [each["at"][:10] for each in page["suppressions"] + rest["suppressions"]]
    assert ["2026-03-02", *(f"2026-02-0{n}" for n in (5, 4, 3, 2, 1))] == listed
    assert rest["cursor"] is None
    texts = json.loads(run("suppressions", "list", "--channel", "sms", "--json")[1])
    assert [address_key(PHONE)] == [each["hash"] for each in texts["suppressions"]]
    out = run("suppressions", "list", "--reason", "bounced")[1]
    assert ("5 suppressions" in out, "by ticket 4711" in out, "@" in out) == (True, True, False)


def test_a_file_is_looked_at_first_and_then_imported_with_each_bad_line_named(
    stage: Stage, importing, trail: FakeAuditTrail
) -> None:
    lines = (
        "Email Address;Reason;LastUpdateTime;Note",
        f"{EMAIL};BOUNCE;2025-12-01T10:00:00Z;x",
        "not an address;bounce;;",
        "+46701740605;stop;2025-11-30;",
        "bob@example.com;because;;",
        "",
        "eve@example.com;complaint;last week;",
        "+46701740606;bounce;;",
        "zoe@example.com;;;",
    )
    status, out, err = importing(*lines, yes=False)
    assert (1, {}, []) == (status, stage.world.people.kept, list(trail.acts))
    assert "2 of 7 lines can be used: 2 addresses suppressed anew" in out
    assert "Nothing was changed; --yes does it." in out
    said = [each.partition(" (")[0] for each in err.splitlines() if each.startswith("line")]
    assert [
        "line 3: address: neither an e-mail address nor a number as +12065550100",
        "line 5: reason: unknown",
        "line 7: at: no date or time as 2026-03-02 or 2026-03-02T09:30:00Z",
        "line 8: reason: bounced is said of no sms address",
        "line 9: reason: it is empty, and --reason names none",
    ] == said

    importing(*lines)
    kept = stage.world.people.kept[address_key(EMAIL)].suppressions[address_key(EMAIL)]
    assert ("bounced", "imported", "2025-12-01") == (kept.reason, kept.kind, str(kept.at.date()))
    assert address_key("+46701740605") in stage.world.people.kept
    assert [Verb.IMPORT] == [act.verb for act in trail.acts.values()]


def test_an_import_may_be_repeated_and_ends_nothing_that_an_operator_said(
    stage: Stage, importing, run
) -> None:
    lines = ("address", EMAIL, "bob@example.com")
    importing(*lines, words=("--reason", "bounced"))
    before = dict(stage.world.people.kept)
    out = importing(*lines, words=("--reason", "bounced"))[1]
    assert "0 addresses suppressed anew, 2 suppressed before" in out
    assert before == stage.world.people.kept

    run("suppressions", "remove", "--address", EMAIL, *BY)
    out = importing("address,reason,at", f"{EMAIL},bounce,2025-01-01")[1]
    assert "1 left, as an operator ended that since" in out
    assert not stage.world.people.kept[address_key(EMAIL)].suppressions


def test_more_addresses_than_fit_into_a_call_are_imported_in_spite_of_races(
    stage: Stage, importing
) -> None:
    stage.races = 2
    many = [f"a{n}@example.com,bounce" for n in range(230)]
    assert 0 == importing("address,reason", *many)[0]
    assert 230 == sum(bool(each.suppressions) for each in stage.world.people.kept.values())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "ada", *BY), "ADDRESS: neither an e-mail address"),
        (("add", EMAIL, "--by", " "), "--by: give the reason"),
        (("add", EMAIL, "--channel", "sms", *BY), "--channel: that address is one for email"),
        (("add", address_key(EMAIL), *BY), "--channel: a hash does not tell it"),
        (("add", PHONE, "--reason", "bounced", *BY), "--reason: of sms, one of opted-out"),
        (("add", EMAIL, "--reason", "soft-bounced", *BY), "--reason: of email, one of"),
        (("show", EMAIL), "nothing is stored about that address"),
        (("add", EMAIL, "--by", f"asked by {EMAIL}"), "--by: it names whom it is about"),
        (("list", "--csv", "--json"), "--csv: of the stage's own"),
        (("list", "--after", "nowhere"), "the cursor names no place in this list"),
    ],
)
def test_words_that_make_no_sense_change_nothing(
    stage: Stage, run, words: tuple[str, ...], says: str
) -> None:
    status, _, err = run("suppressions", *words)
    assert (1, {}, True) == (status, stage.world.people.kept, says in err)


def test_the_file_of_the_page_is_imported(stage: Stage, importing) -> None:
    heading = "Suppressing an address"
    (shown,) = snippets("docs/runbook.md", heading=heading, language="csv")
    assert 0 == importing(*shown.splitlines())[0]
    reasons = [
        why.reason for one in stage.world.people.kept.values() for why in one.suppressions.values()
    ]
    assert ["bounced", "opted-out"] == sorted(reasons)


def test_a_file_without_a_column_of_addresses_is_refused(stage: Stage, importing) -> None:
    status, _, err = importing("name,reason", "ada,bounce")
    assert (1, True) == (status, "line 1: address: no column has that name" in err)


def test_each_command_answers_programs_too(stage: Stage, importing, run) -> None:
    added = json.loads(run(*BOUNCED, "--json")[1])
    assert {
        "hash": address_key(EMAIL),
        "channel": "email",
        "reason": "bounced",
        "new": True,
    } == added
    imported = json.loads(
        importing("address,reason", f"{EMAIL},bounce", "x,bounce", words=("--json",))[1]
    )
    assert (2, 1, 0, 1, [2 + 1]) == (
        imported["lines"],
        imported["usable"],
        imported["new"],
        imported["known"],
        [each["line"] for each in imported["problems"]],
    )
    header, line = run("suppressions", "list", "--csv")[1].splitlines()
    assert "hash,at,channel,reason,evidence,message,by" == header
    assert line.startswith(f"{address_key(EMAIL)},")
    ended = json.loads(run("suppressions", "remove", "--address", EMAIL, *BY, "--json")[1])
    assert (["bounced"], []) == (
        [each["reason"] for each in ended["ended"]],
        ended["provider_lists"],
    )
