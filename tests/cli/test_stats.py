"""`ordercast stats` shows rates, latency and cost as a table, JSON Lines and CSV."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from ordercast.cli import stats as figures
from ordercast.notifications.lifecycle import State
from ordercast.operations.state_groups import GROUPS
from ordercast.operations.stats_columns import COST, STATS
from ordercast.rollups.rollup import Amount, RollupKey, contribution, summed
from ordercast.rollups.statistics import in_all
from tests.busy_day import busy_day, busy_lines
from tests.cli.rollups_workload import PERIOD, RollupsWorkload, rows_of

DOCS = Path(__file__).parents[2] / "docs/figures.md"


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
