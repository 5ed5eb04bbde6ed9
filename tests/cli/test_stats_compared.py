"""`ordercast stats` shows bounces, complaints and failures, and with --compare a period beside the one before."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ordercast.cli import stats as figures
from ordercast.operations.periods import Period
from ordercast.operations.stats_comparison import period_before
from ordercast.rollups.rollup import Amount, RollupInput, RollupKey, contribution, summed
from tests.busy_day import busy_day, busy_lines
from tests.cli.rollups_workload import PERIOD, RollupsWorkload, rows_of


@pytest.fixture
def run(run, monkeypatch: pytest.MonkeyPatch):
    """Ask on the command line, of a stage with a busy day in its rollups."""
    held = [busy_day()]
    monkeypatch.setattr(figures, "target", lambda _stage, _cloud: RollupsWorkload(held[0]))

    def ask(*words: str, of: dict[RollupKey, dict[str, Amount]] | None = None) -> str:
        held[0] = busy_day() if of is None else of
        status, out, err = run(*words)
        return err if status else out

    return ask


def emails(*states: str, hour: str = "2026-03-02T09") -> list[RollupInput]:
    """E-mails that SES took, which came to these states."""
    one = next(each for each in busy_lines() if each.taken and "email" == each.bucket.channel)
    bucket = one.bucket._replace(hour=hour)
    return [
        replace(one, id=f"{hour}-{n}", state=state, rule="Bounce/Permanent", bucket=bucket)
        for n, state in enumerate(states)
    ]


def test_bounces_and_complaints_are_rates_of_the_e_mails_whatever_else_was_sent(run) -> None:
    """As SES judges an account: texts make neither rate look better."""
    text = next(each for each in busy_lines() if each.taken and "sms" == each.bucket.channel)
    lines = [*emails("bounced", "complained", "delivered", "delivered"), replace(text, id="t")]
    of = summed(map(contribution, lines))

    (row,) = rows_of(run("stats", "--csv", *PERIOD, of=of))
    by_channel = rows_of(run("stats", "--by", "channel", "--csv", *PERIOD, of=of))

    assert ("1", "0.25", "1", "0.25") == tuple(row[name] for name in OF_EMAILS)
    assert {"sms": "", "email": "0.25"} == {r["channel"]: r["bounce_rate"] for r in by_channel}


OF_EMAILS = ("bounced", "bounce_rate", "complained", "complaint_rate")


def test_failures_are_shown_by_reason_with_their_sum(run) -> None:
    lines = emails("bounced", "bounced", "delivered")
    of = summed(map(contribution, lines))

    (whole,) = map(json.loads, run("stats", "--json", *PERIOD, of=of).splitlines())
    assert {"Bounce/Permanent": 2} == whole["failed_by_reason"]
    said = run("stats", *PERIOD, of=of)
    assert "Failed or bounced: Bounce/Permanent 2; 2 in all." in said


def test_a_period_is_compared_with_the_one_as_long_before_it(run) -> None:
    earlier = emails(*["delivered"] * 4, hour="2026-03-01T09")
    later = emails("delivered", "delivered", "bounced")
    of = summed(map(contribution, [*earlier, *later]))
    compared = ("stats", "--compare", *PERIOD)

    (row,) = rows_of(run(*compared, "--csv", of=of))
    (found,) = map(json.loads, run(*compared, "--json", of=of).splitlines())

    assert ("3", "4", "-25.0") == tuple(row[f"notifications{e}"] for e in ENDINGS)
    assert ("0.666667", "1.0", "-33.3") == tuple(row[f"delivery_rate{e}"] for e in ENDINGS)
    assert ("1", "0", "") == tuple(row[f"bounced{e}"] for e in ENDINGS)
    assert (3, 4, -25.0) == tuple(
        each["notifications"] for each in (found, found["before"], found["change"])
    )


ENDINGS = ("", "_before", "_change")


def test_a_comparison_names_groups_of_either_period_and_has_a_line_of_sums(run) -> None:
    texts = [
        replace(each, bucket=each.bucket._replace(hour="2026-03-01T09"), id=f"b-{n}")
        for n, each in enumerate(busy_lines())
        if "sms" == each.bucket.channel
    ]
    of = summed(map(contribution, [*texts, *emails("delivered", "bounced")]))
    out = run("stats", "--compare", "--by", "channel", *PERIOD, of=of)

    assert max(map(len, out.splitlines())) <= 80
    for word in ("sms", "email", "all", "before", "change", "points", "-100.0 %"):
        assert word in out
    assert 2 <= out.count("Failed or bounced, by reason") + out.count("Suppressed, by rule")


def test_of_a_period_that_is_not_over_as_much_is_compared_as_has_passed() -> None:
    day = Period(since=datetime(2026, 3, 2, tzinfo=UTC), until=datetime(2026, 3, 3, tzinfo=UTC))
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert "2026-03-01 00:00 to 2026-03-01 12:00 UTC" == f"{period_before(day, now=noon)}"
    assert "2026-03-01 00:00 to 2026-03-02 00:00 UTC" == f"{period_before(day, now=day.until)}"


def test_a_comparison_by_the_day_is_refused_since_no_day_is_in_both(run) -> None:
    said = run("stats", "--compare", "--by", "day,channel", *PERIOD)

    assert "--compare: no hour or day is in both periods" in said
