"""Write a history to a local cloud and say what to look at. Used by the command `history`."""

import json
import shlex
from datetime import UTC, datetime

from local_cloud.history.write import write_history
from ordercast.cli.local.clouds import local_target, running_cloud
from ordercast.cli.local.failures import stopped_on_failure
from ordercast.cli.output.terminal import console
from ordercast.operations.command_name import command_name


def write(
    name: str | None,
    *,
    days: int,
    messages_a_day: int,
    busy_hour: int,
    seed: int,
    as_json: bool,
) -> None:
    """Write it, and print how many messages that were."""
    cloud = running_cloud(name)
    with stopped_on_failure(cloud, before=cloud):
        written = write_history(
            local_target(cloud),
            now=datetime.now(UTC),
            days=days,
            messages_a_day=messages_a_day,
            busy_hour=busy_hour,
            seed=seed,
        )
    first, until = f"{written.first}", f"{written.until}"
    if as_json:
        print(json.dumps({"messages": written.messages, "since": first, "until": until}))
        return
    console.print(
        f"{written.messages:,} made-up messages, accepted from {first} to before {until} (UTC). "
        "Now look at:"
    )
    where = f" --cloud {shlex.quote(name)}" if name else ""
    for command in _LOOK:
        console.print(f"  {command_name()} {command} --since {first}{where}", markup=False)


_LOOK = ("stats --by day", "messages --state failed", "report")
