"""Price a month of a stage at a volume, by service. Used by `ordercast cost --forecast` and `make bench`.

Prices are those of aws_prices.json, with their dates. What providers charge for the messages
themselves is no part of it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from ordercast.operations.forecast.usage import DAYS, Usage, by_the_message, by_the_stage
from ordercast.settings.stage import StageSettings

VOLUMES = (3_000, 100_000, 1_000_000, 10_000_000)
"""Messages a day, of the tables in docs/costs.md."""


ORIGINATIONS = "Numbers and sender ids"
"""What a stage's originations cost a month by themselves (stages/*.toml: originations.NAME.month)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCharge:
    """What a service charges in a month, in US dollars: by the stage, and by its messages."""

    service: str
    fixed: Decimal
    variable: Decimal

    @property
    def total(self) -> Decimal:
        """The sum of both."""
        return self.fixed + self.variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The charges of a month with so many messages a day, the largest first."""

    a_day: float
    charges: Sequence[ServiceCharge]

    @property
    def messages(self) -> float:
        """Messages of the month."""
        return self.a_day * DAYS

    @property
    def all(self) -> ServiceCharge:
        """The sum over services."""
        return ServiceCharge(
            service="all",
            fixed=sum((each.fixed for each in self.charges), Decimal(0)),
            variable=sum((each.variable for each in self.charges), Decimal(0)),
        )

    @property
    def a_thousand(self) -> Decimal | None:
        """US dollars for a thousand messages; none without messages."""
        return self.all.total * 1000 / Decimal(self.messages) if self.messages else None


def month(stage: StageSettings, *, a_day: float) -> Month:
    """Return what AWS charges for a month of a stage with *a_day* messages, each of an event of its own."""
    fixed = _priced(by_the_stage(stage, a_day=a_day))
    if of_numbers := sum((each.month for each in stage.originations.values()), Decimal(0)):
        fixed = {**fixed, ORIGINATIONS: of_numbers}
    a_message = _priced(by_the_message(stage, a_day=a_day))
    charges = [
        ServiceCharge(
            service=service,
            fixed=fixed.get(service, Decimal(0)),
            variable=a_message.get(service, Decimal(0)) * Decimal(a_day) * DAYS,
        )
        for service in fixed.keys() | a_message.keys()
    ]
    return Month(a_day=a_day, charges=sorted(charges, key=lambda each: (-each.total, each.service)))


def prices_as_of() -> str:
    """Return the span of the prices' dates, for a sentence."""
    dates = sorted(line["as_of"] for line in _lines().values())
    return f"{dates[0]} to {dates[-1]}"


def _priced(usage: Usage) -> Mapping[str, Decimal]:
    """Return US dollars by service."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in usage.items():
        line = _lines()[name]
        sums[line["service"]] += Decimal(line["usd"]) * Decimal(amount)
    return sums


@cache
def _lines() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("aws_prices.json").read_text(encoding="utf-8")
    lines: dict[str, dict[str, str]] = json.loads(text)["lines"]
    return lines
