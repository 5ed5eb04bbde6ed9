"""The command `ordercast history`: give a local cloud weeks of made-up messages to look at. Used by the command line."""

from typing import Annotated

import typer

from ordercast.cli.options import CloudName
from ordercast.operations.checkout import in_checkout


def history(
    days: Annotated[int, typer.Option(min=1, help="How many days before today (UTC).")] = 35,
    messages_a_day: Annotated[
        int, typer.Option(min=1, help="About how many messages a day has.")
    ] = 300,
    busy_hour: Annotated[
        int, typer.Option(min=0, help="Messages more, in an hour at noon of the last day.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same messages.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,  # noqa: FBT002
    cloud: CloudName = None,
) -> None:
    """Write made-up messages of past days to a local cloud, to look at; nothing is sent."""
    in_checkout("history").write(
        cloud,
        days=days,
        messages_a_day=messages_a_day,
        busy_hour=busy_hour,
        seed=seed,
        as_json=as_json,
    )
