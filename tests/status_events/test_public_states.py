"""Shops are told a few states and reasons in public words, and the page has every one of them."""

import re

import pytest

from ordercast.decisions.decision import STALE
from ordercast.decisions.usable_addresses import (
    COUNTRY_CLOSED,
    NO_CONTACT,
    NOT_ALLOWED,
    NUMBER_KIND,
)
from ordercast.notifications.fallback import CANCELLED
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Why
from ordercast.people.written_numbers import NumberProblem
from ordercast.receipts.provider_events import MEANINGS, reason
from ordercast.sending.send_rules import (
    ALREADY_DELIVERED,
    CAP,
    EXPIRED,
    FORGOTTEN,
    NO_CHANNEL,
    NO_CONSENT,
    OVER_BUDGET,
    QUIET_HOURS,
)
from ordercast.sending.tries import RETRY
from ordercast.status_events import public_states
from ordercast.status_events.public_states import PublicReason, PublicState, public
from ordercast.workflows.redrive.notifications import DROPPED
from tests.pages import ROOT

PAGE = (ROOT / "docs" / "status-events.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


def _rows(page: str, header: str) -> list[list[str]]:
    """Return the cells of the table with that header."""
    _, _, rest = page.partition(header)
    lines = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_state_of_the_ledger_has_a_public_one() -> None:
    assert set(PublicState) == {public(state, None)[0] for state in State}


def test_the_page_has_each_public_state_and_no_other() -> None:
    listed = [name for row in _rows(PAGE, "| state | means |") for name in _codes(row[0])]
    assert [str(each) for each in PublicState] == listed


def test_the_page_has_each_reason_with_the_states_that_it_comes_with() -> None:
    listed = {
        (code, state)
        for code_cell, states, _ in _rows(PAGE, "| reason | with | means |")
        for code in _codes(code_cell)
        for state in _codes(states)
    }
    general = {public(state, None) for state in State}
    by_rule = {
        public(state, rule) for state, rules in public_states.RULES.items() for rule in rules
    }
    made = {(str(why), str(state)) for state, why in general | by_rule if why}
    assert made == listed
    assert {str(each) for each in PublicReason} == {code for code, _ in listed}


def test_every_rule_that_suppresses_has_a_reason_of_its_own() -> None:
    """A rule without one would tell a shop that its customer had opted out."""
    rules = {
        code
        for cell, means in _rows(ARCHITECTURE, "| rule | means |")
        if "with `" not in means
        for code in _codes(cell)
    }
    rules |= {DROPPED}
    told = {rule: public(State.SUPPRESSED, rule)[1] for rule in rules}
    refusals = {rule for rule, why in told.items() if why is PublicReason.OPTED_OUT}
    assert {"opted-out", "unsubscribed"} == refusals


def test_the_rules_of_the_table_are_those_that_decide() -> None:
    decide = {
        *(STALE, COUNTRY_CLOSED, NO_CONTACT, NOT_ALLOWED, NUMBER_KIND, ALREADY_DELIVERED, CAP),
        *(EXPIRED, NO_CHANNEL, NO_CONSENT, OVER_BUDGET, DROPPED, CANCELLED, FORGOTTEN),
        *map(str, NumberProblem),
    }
    assert decide == public_states.SUPPRESSED.keys()
    assert {QUIET_HOURS, RETRY} <= public_states.RULES[State.DEFERRED].keys()


def test_every_hold_is_one_in_public_words() -> None:
    told = {why: public(State.DEFERRED, str(why))[1] for why in Why}
    assert {PublicReason.HELD, PublicReason.BUDGET} == set(told.values())
    assert PublicReason.HELD is told[Why.PAUSED]


@pytest.mark.parametrize("channel", MEANINGS)
def test_no_word_of_a_provider_is_passed_on(channel) -> None:
    for kind, meaning in MEANINGS[channel].items():
        _, told = public(meaning.state, reason(kind, channel))
        assert told is None or told in PublicReason


def test_a_shop_s_own_reason_of_an_opt_out_and_a_bug_are_not_passed_on() -> None:
    assert (PublicState.SUPPRESSED, PublicReason.OPTED_OUT) == public(
        State.SUPPRESSED, "called us in anger on Monday"
    )
    assert (PublicState.STOPPED, PublicReason.NOT_RENDERED) == public(
        State.PARKED, "bug:KeyError:shipped/sv"
    )


@pytest.mark.parametrize(
    ("state", "rule", "told"),
    [
        (State.FAILED, "Phone number is opted out", PublicReason.OPTED_OUT),
        (
            State.FAILED,
            "Phone is currently unreachable/unavailable, and no further attempt",
            PublicReason.UNREACHABLE,
        ),
        (
            State.SUPPRESSED,
            "Bounce/Permanent/OnAccountSuppressionList",
            PublicReason.SUPPRESSED_ADDRESS,
        ),
        (State.SUPPRESSED, "Bounce/Permanent/UnsubscribedRecipient", PublicReason.OPTED_OUT),
    ],
)
def test_a_provider_s_refusal_has_its_public_reason(state, rule, told) -> None:
    assert told is public(state, rule)[1]
