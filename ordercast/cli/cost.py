"""The command `ordercast cost`: what messages cost in a period, or what a month will. Used by analysts."""

import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ordercast.cli.options import AsCsv, AsJson, CloudName, Since, Stage, Until
from ordercast.cli.output.terminal import console
from ordercast.cli.stats import By, cost_of_period
from ordercast.operations.forecast.month import Month, ServiceCharge, month, prices_as_of
from ordercast.operations.forecast.usage import DAYS
from ordercast.operations.periods import period
from ordercast.operations.stage_file import settings_of
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.operations.units import to_the_cent
from ordercast.rollups.statistics import in_all
from ordercast.settings.stage import StageSettings
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import rollups_between

MOST_A_DAY = 1_000_000_000

Forecast = Annotated[
    bool, typer.Option("--forecast", help="What a month will cost, with AWS's own charges.")
]
ADay = Annotated[
    str,
    typer.Option(
        help="With --forecast: so many messages a day, with commas, by the settings in stages/*.toml. "
        "[default: as sent in the period, the last 7 days]"
    ),
]


def cost(  # noqa: PLR0913, PLR0917 - each is an option of the command
    by: By = "",
    since: Since = None,
    until: Until = None,
    forecast: Forecast = False,  # noqa: FBT002
    a_day: ADay = "",
    as_json: AsJson = False,  # noqa: FBT002
    as_csv: AsCsv = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show the cost: reserved, by the receipts of carriers, and the difference; or a forecast."""
    if not forecast:
        if a_day:
            raise UsageError("--a-day belongs to --forecast")
        cost_of_period(by, since, until, as_json, as_csv, stage, cloud)
        return
    if as_json and as_csv:
        raise UsageError("choose one: --json or --csv")
    if by or (a_day and (since or until)):
        raise UsageError(
            "--forecast goes with a period or with --a-day, and is by service: without --by"
        )
    settings, volumes, providers = (
        (settings_of(stage), _volumes(a_day), None)
        if a_day
        else _as_in_the_period(since, until, stage=stage, cloud=cloud)
    )
    months = [month(settings, a_day=each) for each in volumes]
    _FORMS[as_json, as_csv](months, providers, settings)


def _as_in_the_period(
    since: str | None, until: str | None, *, stage: str, cloud: str | None
) -> tuple[StageSettings, Sequence[float], Decimal]:
    """Return a stage's settings, and by the period its messages a day and the providers' charge of a month."""
    where = target(stage, cloud)
    now = datetime.now(UTC)
    when = period(since or "7d", until, now=now)
    took = rollups_between(where.rollups(), when.since, when.until).values()
    days = (min(when.until, now) - when.since) / timedelta(days=1)
    total = in_all(took)
    if not total.sent:
        raise UsageError(
            "nothing was sent in the period", hint="say how many messages a day: --a-day 100000"
        )
    charged = total.money.cost + total.money.unattributed
    return where.settings, [total.sent / days], charged * DAYS / Decimal(days)


def _volumes(written: str) -> list[float]:
    """Read --a-day. Raises `UsageError`."""
    volumes = []
    for each in written.split(","):
        digits = each.strip().replace("_", "")
        if not (digits.isascii() and digits.isdigit() and 0 < int(digits) <= MOST_A_DAY):
            raise UsageError(
                f"--a-day: {each.strip() or 'nothing'} is not a whole number of 1 to {MOST_A_DAY:,}",
                hint="such as --a-day 3000,100000",
            )
        volumes.append(float(digits))
    return volumes


def _print_table(
    months: Sequence[Month], providers: Decimal | None, settings: StageSettings
) -> None:
    console.print(f"A month of {DAYS} days of stage {settings.name}, US dollars", style="bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("messages a day")
    for each in months:
        table.add_column(f"{each.a_day:,.0f}", justify="right")
    for name, cells in _rows(months, providers).items():
        table.add_row(name, *cells)
    console.print(table)
    for sentence in _explained(providers):
        console.print(Text(sentence), soft_wrap=True)


def _rows(months: Sequence[Month], providers: Decimal | None) -> Mapping[str, Sequence[str]]:
    by_service = [{charge.service: charge for charge in each.charges} for each in months]
    largest = [charge.service for charge in months[-1].charges]
    rows = {name: [to_the_cent(of[name].total) for of in by_service] for name in largest}
    rows["AWS"] = [to_the_cent(each.all.total) for each in months]
    rows["  of that by the stage"] = [to_the_cent(each.all.fixed) for each in months]
    rows["  of that by its messages"] = [to_the_cent(each.all.variable) for each in months]
    rows["AWS, a thousand messages"] = [f"{each.a_thousand:.4f}" for each in months]
    if providers is not None:
        rows["providers of the messages"] = [to_the_cent(providers)]
        rows["all"] = [to_the_cent(providers + months[0].all.total)]
    return rows


def _explained(providers: Decimal | None) -> list[str]:
    if providers is None:
        by_whom = "What providers charge for the messages themselves is not in it: docs/prices.md."
    else:
        by_whom = "Providers' charges are those of the period, as far as known, scaled to a month."
    return [
        f"{by_whom} AWS's list prices are of {prices_as_of()}, for us-east-1 and without a free tier.",
        "Tables are as full as they get: after the stage's retention. docs/costs.md has the rest.",
    ]


def _print_json(
    months: Sequence[Month], providers: Decimal | None, settings: StageSettings
) -> None:
    for line in _lines(months, providers, settings):
        print(json.dumps(line, ensure_ascii=False))


def _print_csv(months: Sequence[Month], providers: Decimal | None, settings: StageSettings) -> None:
    lines = _lines(months, providers, settings)
    writer = csv.DictWriter(sys.stdout, fieldnames=list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _lines(
    months: Sequence[Month], providers: Decimal | None, settings: StageSettings
) -> list[dict[str, str | int]]:
    nothing = Decimal(0)
    charged = [(each.a_day, charge) for each in months for charge in each.charges]
    if providers is not None:
        own = ServiceCharge(service="providers", fixed=nothing, variable=providers)
        charged.append((months[0].a_day, own))
    return [
        {
            "stage": settings.name,
            "messages_a_day": round(a_day),
            "service": charge.service,
            "fixed_usd": f"{charge.fixed:.4f}",
            "variable_usd": f"{charge.variable:.4f}",
        }
        for a_day, charge in charged
    ]


_FORMS: Mapping[
    tuple[bool, bool], Callable[[Sequence[Month], Decimal | None, StageSettings], None]
] = {
    (False, False): _print_table,
    (True, False): _print_json,
    (False, True): _print_csv,
}
