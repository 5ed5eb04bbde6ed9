"""Define the options that commands share: stage, local cloud, shop, country, period and JSON."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from phonenumbers import SUPPORTED_REGIONS

from ordercast.countries import country_in
from ordercast.usage_error import UsageError

Given = TypeVar("Given", str, list[str], None)

NAME_MAX = 128
"""The most characters of a campaign's or shop's name, as in an order event."""

REASON_MAX = 500
"""The most characters of a reason: holds and budgets are read with each wave."""


def each_given(read: Callable[[str, str], str]) -> Callable[[typer.CallbackParam, Given], Given]:
    """Return a callback that reads what is given for an option, by the option's name; None is not given."""

    def callback(param: typer.CallbackParam, given: Given) -> Given:
        option = param.opts[0]
        if isinstance(given, list):
            return [read(option, each) for each in given]
        return given if given is None else read(option, given)

    return callback


def read_name(option: str, written: str) -> str:
    """Return a name without spaces around it: with an empty one, a command would cover something else."""
    named = written.strip()
    if not named:
        raise UsageError(f"{option}: no name is given", hint="a shell variable may be empty")
    if len(named) > NAME_MAX:
        raise UsageError(f"{option}: a name has at most {NAME_MAX} characters")
    return named


def read_country(option: str, written: str) -> str:
    """Return the code of a country (ISO 3166-1) as it is written."""
    code = read_name(option, written).upper()
    known = code if code in SUPPORTED_REGIONS else country_in(written)
    if known is None:
        raise UsageError(f"{option}: {written.strip()} is no country", hint="such as US or SE")
    return known


def read_reason(option: str, written: str) -> str:
    """Return a reason without spaces around it."""
    if len(written.strip()) > REASON_MAX:
        raise UsageError(f"{option}: a reason has at most {REASON_MAX} characters")
    return written.strip()


def insist_on_reason(reason: str, *, yes: bool) -> None:
    """Raise `UsageError` where an act is to be done and nobody says why."""
    if yes and not reason:
        raise UsageError("--reason: say why", hint="it is kept, for others to read")


CloudName = Annotated[
    str | None,
    typer.Option(
        "--cloud", envvar="ORDERCAST_CLOUD", help="A local cloud's name; needed if several run."
    ),
]
Stage = Annotated[str, typer.Option(help="local, or a stage deployed in your AWS account.")]
Shop = Annotated[
    str | None,
    typer.Option(help="The shop, where events name one.", callback=each_given(read_name)),
]
Reason = Annotated[
    str, typer.Option(help="Kept with it, for others to read.", callback=each_given(read_reason))
]
ReasonOfAct = Annotated[
    str,
    typer.Option(
        "--reason",
        help="Why; needed with --yes, for others to read.",
        callback=each_given(read_reason),
    ),
]
Really = Annotated[bool, typer.Option("--yes", help="Do it; without --yes nothing is changed.")]
Since = Annotated[
    str | None,
    typer.Option(help="Accepted from then on, in UTC: 24h, 7d, or a date. [default: today]"),
]
Until = Annotated[
    str | None,
    typer.Option(help="Accepted before then, in UTC: a date is its beginning. [default: 24:00]"),
]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV, with a line of names.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]
