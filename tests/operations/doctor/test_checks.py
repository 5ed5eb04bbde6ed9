"""What facts mean for a stage that writes to its own people, at the edges, and when they cannot be read."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.operations.doctor import mail_checks, stage_checks, text_checks
from ordercast.operations.doctor.checks import CHECKS
from ordercast.operations.doctor.findings import CheckVerdict, findings, is_clean
from ordercast.operations.doctor.reading import ACTIONS
from ordercast.operations.doctor.readings import (
    AlarmTargets,
    ClockSkew,
    ConcurrencyReading,
    LogGroup,
    MailAccount,
    MailReputation,
    Originations,
    Source,
    TextLogging,
    TextSandbox,
    TextSpend,
    UnreadSource,
)
from ordercast.settings.originations import OriginationSettings
from pipeline.settings.files import read_stage
from tests.pages import ROOT

PROD, DEV = read_stage("prod"), read_stage("dev")
SANDBOXED = MailAccount(
    production=False, sending=True, enforcement="HEALTHY", rate=1, quota=200, sent=0, plan=None
)
ANYWHERE = Originations(numbers=frozenset(), sender_ids={})
OK, LOOK, BAD = CheckVerdict.OK, CheckVerdict.LOOK, CheckVerdict.BAD


def verdicts(judge, fact, stage=PROD):
    return [each.verdict for each in judge(fact, stage)]


@pytest.mark.parametrize(("stage", "verdict"), [(PROD, BAD), (DEV, LOOK)])
def test_a_sandbox_is_bad_only_where_customers_are_written_to(stage, verdict):
    assert [verdict] == verdicts(mail_checks.sandbox, SANDBOXED, stage)
    assert [verdict] == verdicts(text_checks.sandbox, TextSandbox(in_it=True), stage)
    nobody = AlarmTargets(confirmed=0, pending=0)
    assert [verdict] == verdicts(stage_checks.alarm_target, nobody, stage)


@pytest.mark.parametrize(
    ("limit", "spent", "stage", "verdict"),
    [
        (1, None, PROD, BAD),  # nobody ever raised it
        (1, None, DEV, LOOK),
        (1, 1, DEV, BAD),
        (1000, None, PROD, OK),
        (1000, 799, PROD, OK),
        (1000, 800, PROD, LOOK),
        (1000, 1000, PROD, BAD),
    ],
)
def test_the_month_s_limit_is_told_from_four_fifths_on(limit, spent, stage, verdict):
    fact = TextSpend(limit=Decimal(limit), spent=None if spent is None else Decimal(spent))

    assert [verdict] == verdicts(text_checks.spend, fact, stage)


@pytest.mark.parametrize(
    ("limit", "rings", "verdict"),
    [
        (1, "0.8", OK),
        (1000, "0.8", LOOK),  # the limit was raised, and the alarm left
        (1000, "499", LOOK),
        (1000, "500", OK),
        (1000, "999", OK),
        (1000, "1000", LOOK),  # SNS stops before anybody hears of it
    ],
)
def test_the_alarm_of_spend_is_compared_with_the_month_s_limit(limit, rings, verdict):
    stage = replace(PROD, alarms=replace(PROD.alarms, sms_spend=Decimal(rings)))
    fact = TextSpend(limit=Decimal(limit), spent=None)

    assert [verdict] == verdicts(text_checks.spend_alarm, fact, stage)


OF_SNS = {
    Source.TEXT_SANDBOX: TextSandbox(in_it=True),
    Source.TEXT_SPEND: TextSpend(limit=Decimal(1), spent=Decimal(1)),
    Source.TEXT_LOGGING: TextLogging(on=False, sampling=0),
    Source.LOG_GROUPS: (LogGroup(name="sns/group", there=False),),
}
"""Facts of SNS by which no text arrives."""


@pytest.mark.parametrize(
    ("provider", "by_country", "bad"),
    [
        ("sns", "", True),
        ("sns", "JP sms-voice", True),
        ("sms-voice", "IN sns", True),
        ("sms-voice", "", False),
    ],
)
def test_facts_of_sns_matter_where_any_text_goes_by_it(provider, by_country, bad):
    stage = replace(PROD, sms_provider=provider, sms_provider_by_country=by_country)
    found = findings(CHECKS, OF_SNS, stage)

    judged = {"SMS sandbox", "SMS spend", "SMS delivery logging", "SMS log group"}
    assert (judged if bad else set()) == {e.fact for e in found if e.verdict is BAD}
    assert bad or {"no text goes by SNS"} == {each.found for each in found}


def test_end_user_messaging_is_judged_by_its_own_sandbox_limit_and_alarm():
    """Only where a stage's texts go by it are these read at all."""
    stage = replace(PROD, sms_provider_by_country="JP sms-voice")
    facts = {
        Source.VOICE_SANDBOX: TextSandbox(in_it=True),
        Source.VOICE_SPEND: TextSpend(limit=Decimal(1), spent=Decimal(1)),
    }
    found = findings(CHECKS, facts, stage)

    name = "End User Messaging"
    assert {(f"{name} sandbox", BAD), (f"{name} spend", BAD), (f"{name} spend alarm", OK)} == {
        (each.fact, each.verdict) for each in found
    }
    (raise_it,) = [each.advice for each in found if each.fact == f"{name} spend"]
    assert "override" in raise_it
    high = replace(stage, alarms=replace(stage.alarms, end_user_messaging_spend=Decimal(2)))
    assert [LOOK] == verdicts(text_checks.voice_spend_alarm, facts[Source.VOICE_SPEND], high)


@pytest.mark.parametrize(("percent", "verdict"), [(None, OK), (3.9, OK), (4, LOOK), (5, BAD)])
def test_a_bounce_rate_is_told_from_the_alarm_on(percent, verdict):
    fact = MailReputation(bounces=percent, complaints=None)

    assert [verdict] == verdicts(mail_checks.bounces, fact)


def test_a_sender_id_counts_where_the_stage_names_it_or_none():
    fact = Originations(numbers=frozenset({"US"}), sender_ids={"NO": frozenset({"TEA"})})

    for sender_id, verdict in (("TEA", OK), ("", OK), ("OTHER", LOOK)):
        stage = replace(PROD, countries="US, NO 0.09", sender_id=sender_id)
        assert [verdict, OK] == verdicts(text_checks.originations, fact, stage)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("pool-a", OK), ("pool-gone", BAD), ("+12065550100", OK), ("TEA", OK), ("OTHER", LOOK)],
)
def test_what_the_stage_names_for_a_country_has_to_be_in_the_account(name, verdict):
    """A sender id has not: some countries show any."""
    names = frozenset({"pool-a", "+12065550100"})
    fact = Originations(
        numbers=frozenset({"US"}), sender_ids={"NO": frozenset({"TEA"})}, names=names
    )
    own = OriginationSettings(countries="NO", provider="sms-voice")
    stage = replace(PROD, countries="US, NO 0.09", originations={name: own})

    found = list(text_checks.originations(fact, stage))
    assert [("NO", verdict), ("US", OK)] == [(each.of, each.verdict) for each in found]
    assert name in found[0].found


@pytest.mark.parametrize(
    ("limit", "unreserved", "reserved", "verdict"),
    [(1000, 1000, None, OK), (10, 10, None, LOOK), (1000, 20, None, LOOK), (100, 90, 10, BAD)],
)
def test_concurrency_is_judged_by_what_the_stage_needs_and_keeps(
    limit, unreserved, reserved, verdict
):
    stage = replace(PROD, sweeper=replace(PROD.sweeper, reserved=reserved))

    fact = ConcurrencyReading(limit=limit, unreserved=unreserved)
    assert [verdict] == verdicts(stage_checks.concurrency, fact, stage)


@pytest.mark.parametrize(
    ("sms", "email", "senders"),
    [(20, 14, (6 + 2) + (5 + 2)), (1200, 14, (50 + 24) + (5 + 2)), (1200, 1200, 2 * (50 + 24))],
)
def test_senders_are_counted_by_what_their_queues_mappings_let_run(sms, email, senders):
    stage = replace(
        PROD,
        sms_sender=replace(PROD.sms_sender, rate=sms),
        email_sender=replace(PROD.email_sender, rate=email),
    )
    one_each = replace(
        stage,
        sms_sender=replace(stage.sms_sender, reserved=1),
        email_sender=replace(stage.email_sender, reserved=1),
    )

    assert senders - 2 == stage_checks.needed(stage) - stage_checks.needed(one_each)


@pytest.mark.parametrize(("seconds", "verdict"), [(29, OK), (-30, LOOK), (30, LOOK), (-300, BAD)])
def test_a_clock_may_be_off_by_half_a_minute(seconds, verdict):
    assert [verdict] == verdicts(stage_checks.clock, ClockSkew(ahead=timedelta(seconds=seconds)))


def test_what_cannot_be_read_is_unknown_names_why_and_keeps_its_channel_from_being_clean():
    facts = {Source.TEXT_SANDBOX: UnreadSource(why="AccessDenied"), Source.MAIL_ACCOUNT: SANDBOXED}
    found = findings(CHECKS, facts, DEV)

    (unknown,) = [each for each in found if each.verdict is CheckVerdict.UNKNOWN]
    assert ("SMS sandbox", "not read: AccessDenied") == (unknown.fact, unknown.found)
    assert is_clean(found, Channel.EMAIL)
    assert not is_clean(found, Channel.SMS)


def test_every_fact_and_permission_is_in_the_docs():
    written = (ROOT / "docs/doctor.md").read_text()

    assert set(Source) == {each.source for each in CHECKS} == set(ACTIONS)
    for actions in ACTIONS.values():
        assert all(f"`{each}`" in written for each in actions)


def test_the_operator_s_policy_allows_every_call():
    statements = json.loads((ROOT / "docs/operator-policy.json").read_text())["Statement"]
    allowed = {action for each in statements for action in _listed(each["Action"])}

    assert {action for actions in ACTIONS.values() for action in actions} <= allowed


def _listed(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions
