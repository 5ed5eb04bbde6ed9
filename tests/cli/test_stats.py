"""`ordercast stats` shows rates, latency and cost as a table, JSON Lines and CSV."""

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from ordercast.cli import stats as figures
from ordercast.notifications.lifecycle import State
from ordercast.operations.periods import Period
from ordercast.operations.state_groups import GROUPS
from ordercast.operations.stats_columns import COST, STATS
from ordercast.operations.stats_comparison import period_before
from ordercast.rollups.rollup import Amount, RollupInput, RollupKey, contribution, summed
from ordercast.rollups.statistics import in_all
from tests.busy_day import busy_day, busy_lines

DOCS = Path(__file__).parents[2] / "docs/figures.md"
PERIOD = ("--since", "2026-03-02", "--until", "2026-03-03")


class RollupsWorkload:
    """A stage whose rollups hold these buckets."""

    def __init__(self, buckets: dict[RollupKey, dict[str, Amount]]) -> None:
        self._buckets = buckets

    def rollups(self) -> "RollupsWorkload":
        return self

    def buckets(self, days: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        wanted = set(days)
        return {bucket: a for bucket, a in self._buckets.items() if bucket.hour[:10] in wanted}


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


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_state_has_its_place_and_one_only() -> None:
    placed = [state for inside in GROUPS.values() for state in inside]

    assert sorted(State) == sorted(placed)


@pytest.mark.parametrize(("heading", "columns"), [("stats", STATS), ("cost", COST)])
def test_the_docs_have_every_column_with_its_unit_and_meaning(heading, columns) -> None:
    section = DOCS.read_text().partition(f"Columns of `ordercast {heading}`")[2].partition("\n## ")
    documented = [
        (name, unit, meaning)
        for names, unit, meaning in re.findall(
            r"^\| (`.+?) \| (.+?) \| (.+) \|$", section[0], re.MULTILINE
        )
        for name in re.findall(r"`(\w+)`", names)
    ]

    assert [(each.name, each.unit, each.meaning) for each in columns] == documented


def test_the_docs_name_every_dimension(run) -> None:
    (listed,) = re.findall(
        r"^`--by` takes any of these, with commas: (.+)\.$", DOCS.read_text(), re.MULTILINE
    )
    named = re.findall(r"`(\w+)`", listed)

    assert (
        named
        == next(
            csv.reader([run("stats", "--by", ",".join(named), "--csv", *PERIOD).split("\n")[0]])
        )[:7]
    )


def test_groups_add_up_to_the_ungrouped_figures(run) -> None:
    whole = rows_of(run("stats", "--csv", *PERIOD))
    parts = rows_of(run("stats", "--by", "channel,hour,country", "--csv", *PERIOD))

    assert 1 == len(whole)
    for column in STATS:
        if column.unit == "notifications":
            assert int(whole[0][column.name]) == sum(int(row[column.name]) for row in parts)


def test_places_add_up_to_all_notifications(run) -> None:
    for row in rows_of(run("stats", "--by", "template", "--csv", *PERIOD)):
        assert int(row["notifications"]) == sum(int(row[place]) for place in GROUPS)


def test_json_has_the_same_as_csv_a_line_each(run) -> None:
    for command in ("stats", "cost"):
        objects = [
            json.loads(line)
            for line in run(command, "--by", "country", "--json", *PERIOD).splitlines()
        ]
        rows = rows_of(run(command, "--by", "country", "--csv", *PERIOD))

        assert rows == [{n: cell(v) for n, v in o.items()} for o in objects]


def cell(value: object) -> str:
    """Return how CSV has it: what is unknown is empty, and counts by rule are JSON."""
    if isinstance(value, dict):
        return json.dumps(value)
    return "" if value is None else str(value)


def test_what_is_suppressed_is_shown_by_rule_and_adds_up(run) -> None:
    (whole,) = map(json.loads, run("stats", "--json", *PERIOD).splitlines())
    parts = rows_of(run("stats", "--by", "channel", "--csv", *PERIOD))

    by_rule = whole["suppressed_by_rule"]
    assert {"cap", "stale", "Bounce/Permanent/OnAccountSuppressionList"} == by_rule.keys()
    assert whole["suppressed"] == sum(by_rule.values())
    for row in parts:
        assert int(row["suppressed"]) == sum(json.loads(row["suppressed_by_rule"]).values())
    (nothing,) = rows_of(run("stats", "--csv", *PERIOD, of={}))
    assert "{}" == nothing["suppressed_by_rule"]


def test_the_funnel_only_narrows(run) -> None:
    """What SES took and kept back by its own list was to be sent."""
    for row in rows_of(run("stats", "--by", "channel,hour", "--csv", *PERIOD)):
        asked, accepted, sent, delivered = (
            int(row[name]) for name in ("notifications", "accepted", "sent", "delivered")
        )
        assert asked >= accepted >= sent >= delivered


def test_money_adds_up_to_the_last_place(run) -> None:
    """Carriers charge fractions of a cent; a sum of rounded ones is another sum."""
    rows = rows_of(run("cost", "--by", "campaign,country", "--csv", *PERIOD))
    money = in_all(busy_day().values()).money

    def total(name: str) -> Decimal:
        return sum((Decimal(row[name]) for row in rows), Decimal())

    assert money.cost == total("cost_usd") == total("carrier_usd") + total("estimate_usd")
    assert money.difference == total("carrier_usd") - total("priced_estimate_usd")
    assert money.unattributed == total("unattributed_usd") > 0
    assert money.cost.as_tuple().exponent < -2  # type: ignore[operator]  # money is finite


def test_how_long_texts_are_shows_in_their_parts(run) -> None:
    """Parts are counted of what was sent, by channel and whatever else is asked for."""
    text = next(each for each in busy_lines() if each.taken and "sms" == each.bucket.channel)
    email = next(each for each in busy_lines() if each.taken and "email" == each.bucket.channel)
    lines = [replace(text, id="short", parts=1), replace(text, id="long", parts=4), email]

    rows = rows_of(
        run("stats", "--by", "channel", "--csv", *PERIOD, of=summed(map(contribution, lines)))
    )

    assert {"sms": ("2", "5"), "email": ("1", "0")} == {
        each["channel"]: (each["sent"], each["parts"]) for each in rows
    }


def test_a_millionth_of_a_dollar_is_written_out(run) -> None:
    one = replace(next(each for each in busy_lines() if each.taken), cost=Decimal("0.0000010"))

    (row,) = rows_of(run("cost", "--csv", *PERIOD, of=summed([contribution(one)])))

    assert "0.000001" == row["cost_usd"]


@pytest.mark.parametrize("command", ["stats", "cost"])
@pytest.mark.parametrize("by", ["", "channel,country", "day,template"])
def test_tables_fit_a_terminal_of_80_columns(run, command, by) -> None:
    out = run(command, "--by", by, *PERIOD)

    assert max(map(len, out.splitlines())) <= 80
    assert "Accepted 2026-03-02 00:00 to 2026-03-03 00:00 UTC" in out


def test_no_digit_is_cut_off_where_numbers_are_too_long(run) -> None:
    one = next(each for each in busy_lines() if each.cost and each.cost_source == "carrier")
    price = Decimal("123456789.01234567")
    lines = [replace(one, cost=price, estimate=price)]

    out = run("cost", *PERIOD, of=summed(map(contribution, lines)))

    assert 3 == out.partition("\nCost:")[0].count("123,456,789.01234567")


def test_the_table_has_the_rate_and_what_stands_beside_it_with_units(run) -> None:
    total = in_all(busy_day().values())

    out = run("stats", "--by", "channel", *PERIOD)

    *_, line = [each for each in out.splitlines() if each.strip().startswith("all ")][:1]
    assert line.split()[-2:] == [f"{total.delivery_rate * 100:.1f}", "%"]  # type: ignore[operator]  # there is a rate
    assert {"email", "sms", "all"} == {
        words[0] for each in out.splitlines() if len(words := each.split()) > 5
    } & {"email", "sms", "all"}
    for word in ("flight", "firmed", "pressed", " s ", "Suppressed by rule: "):
        assert word in out


def test_cost_says_what_its_sums_are_worth(run) -> None:
    unpriced = replace(next(busy_lines(1)), id="n-x", taken=True, cost=None, cost_source=None)
    buckets = summed(map(contribution, [*busy_lines(), unpriced]))

    out = " ".join(run("cost", *PERIOD, of=buckets).split())

    money = in_all(buckets.values()).money
    assert f"Cost: {money.cost:.2f} USD, exactly {money.cost.normalize():f}." in out
    assert "Unpriced: 1 message without a known price" in out
    assert "Unattributed: 0.1066 USD charged for 2 messages" in out
    assert "as of 2026-04-21" in out


def test_unattributed_charges_are_no_line_of_stats_and_one_of_cost(run) -> None:
    stats = rows_of(run("stats", "--by", "template", "--csv", *PERIOD))
    cost = rows_of(run("cost", "--by", "template", "--csv", *PERIOD))

    assert {"unattributed"} == {row["template"] for row in cost} - {
        row["template"] for row in stats
    }


def test_nothing_in_the_period_is_one_line_of_nothing_and_no_rate(run) -> None:
    (row,) = rows_of(run("stats", "--csv", "--since", "2026-01-01", "--until", "2026-01-02"))

    assert ("0", "") == (row["notifications"], row["delivery_rate"])


@pytest.mark.parametrize(
    ("words", "usage_error"),
    [
        (("--by", "carrier"), "--by: carrier is not a dimension"),
        (("--json", "--csv"), "choose one: --json or --csv"),
        (("--since", "later"), "--since: later is neither a span"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(run, words, usage_error) -> None:
    assert usage_error in run("stats", *words)


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
