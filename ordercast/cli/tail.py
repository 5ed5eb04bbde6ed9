"""The command `ordercast tail`: show what happens now, with ids only. Used by operators."""

import json
import time
from datetime import timedelta
from typing import Annotated

import typer
from rich.text import Text

from ordercast.cli.messages import fields_of, line_of
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.queries.tail import Tail
from ordercast.wiring.clock import utc_now

PAUSE = 2.0  # seconds


def tail(
    shop: Shop = None,
    seconds: Annotated[
        int | None, typer.Option("--for", min=0, help="End after so many seconds; 0 looks once.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show each message of the last minutes when it is accepted and when its state changes, seconds late."""
    following = Tail(lists=target(stage, cloud).lists(), shop=shop or "")
    ends = None if seconds is None else utc_now() + timedelta(seconds=seconds)
    while True:
        for row in following.news(utc_now()):
            if as_json:
                print(json.dumps(fields_of(row), ensure_ascii=False), flush=True)
            else:
                console.print(Text(line_of(row)), soft_wrap=True)
        if ends and utc_now() >= ends:
            return
        time.sleep(PAUSE)
