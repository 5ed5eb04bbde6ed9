"""Define the options that commands share: stage, local cloud, shop, country, period and JSON."""

from typing import Annotated

import typer

from ordercast.usage_error import UsageError

CloudName = Annotated[
    str | None,
    typer.Option(
        "--cloud", envvar="ORDERCAST_CLOUD", help="A local cloud's name; needed if several run."
    ),
]
Stage = Annotated[str, typer.Option(help="local, or a stage deployed in your AWS account.")]
Shop = Annotated[str | None, typer.Option(help="The shop, where events name one.")]
Since = Annotated[
    str | None,
    typer.Option(help="Accepted from then on, in UTC: 24h, 7d, or a date. [default: today]"),
]
Until = Annotated[
    str | None,
    typer.Option(help="Accepted before then, in UTC: a date is its beginning. [default: 24:00]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]


def country_code(written: str) -> str:
    """Return a country of ISO 3166-1 as given to --country. Raises `UsageError`."""
    code = written.upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1
        raise UsageError(f"--country: {written} is not a two-letter country code")
    return code
