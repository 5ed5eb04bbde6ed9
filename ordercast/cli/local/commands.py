"""Start, stop and inspect local clouds. Used by the commands `up`, `down`, `inbox`, `env` and `demo`."""

import os
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path

import typer
from msgspec.structs import asdict

from local_cloud.cloud import LocalCloud
from local_cloud.demo.report import print_outcome
from local_cloud.demo.run import Demo
from local_cloud.history.write import DAYS, WrittenHistory, write_history
from local_cloud.inbox import read_inbox
from ordercast.cli.local.beside import console_beside
from ordercast.cli.local.clouds import local_target, running_cloud
from ordercast.cli.local.failures import stopped_on_failure
from ordercast.cli.local.in_flight import count_in_flight
from ordercast.cli.local.inbox import inbox_listing, save_inbox
from ordercast.cli.output.progress import Steps, steps
from ordercast.cli.output.terminal import console
from ordercast.operations.command_name import command_name
from ordercast.usage_error import UsageError

OUT = Path("out")


def up(name: str, *, receipt_delay: float | None) -> None:
    """Start a local cloud and deploy the pipeline to it; run it again to deploy changes."""
    found = LocalCloud.find(name)
    if found and receipt_delay is not None:
        raise UsageError(
            f"{name} runs already, with another receipt delay", hint=f"{command_name()} down"
        )
    with steps(console) as progress:
        cloud = found or LocalCloud.start(name, receipt_delay=receipt_delay, progress=progress)
        with stopped_on_failure(cloud, before=found):
            cloud.deploy(progress=progress)
            cloud.release()
    console.print(f"The local cloud [bold]{name}[/] is up at {cloud.endpoint}. Now try:")
    address = None if found else console_beside(cloud)
    _advise(
        address or f"{command_name()} console",
        f"{command_name()} put examples/order.json",
        f"{command_name()} inbox",
        f"{command_name()} status o-1001",
        f'eval "$({command_name()} env)"    # the AWS CLI and SDKs then talk to it',
        f"{command_name()} down",
    )


def down(cloud: str | None, *, every: bool) -> None:
    """Stop a local cloud and remove its data."""
    left = LocalCloud.remove_ended()
    named = (cloud not in left) if cloud else not left
    chosen = LocalCloud.running() if every else [running_cloud(cloud)] if named else []
    for each in chosen:
        each.stop()
    for name in [each.name for each in chosen] + left:
        console.print(f"The local cloud {name} is gone.")


def inbox(cloud: str | None, *, last: int) -> None:
    """Show the messages that the simulated providers accepted, and save them as pages."""
    chosen = running_cloud(cloud)
    messages = read_inbox(chosen.inbox)
    console.print(inbox_listing(messages, last=last))
    page = save_inbox(messages, OUT / chosen.name)
    count = f"{len(messages)} messages (simulated, nobody received them)"
    console.print(f"\n{count}; as pages: {page}", markup=False)
    if waiting := count_in_flight(chosen, local_target(chosen)):
        console.print(f"Still in flight: {waiting}")


def env(cloud: str | None) -> None:
    """Print the environment variables with which AWS tools reach a local cloud, for the shell to eval."""
    chosen = running_cloud(cloud)
    # A profile or an endpoint of the caller would take precedence.
    unset = sorted(os.environ.keys() - chosen.environment().keys())
    names = {
        f"ORDERCAST_{field.upper()}": value
        for field, value in asdict(local_target(chosen).names).items()
        if isinstance(value, str)
    }
    for name in unset:
        print(f"unset {name}")
    for name, value in (chosen.environment({}) | names).items():
        print(f"export {name}={shlex.quote(value)}")


def demo(orders: int, *, seed: int, keep: bool) -> None:
    """Deploy to a local cloud, simulate a day of a shop and compare the counts; status 1 if any differ."""
    started = time.monotonic()
    with steps(console) as progress:
        cloud = LocalCloud.start("demo", another=True, progress=progress)
        with stopped_on_failure(cloud):
            cloud.deploy(progress=progress)
            before = _days_before(cloud, seed=seed, progress=progress)
    with stopped_on_failure(cloud):
        keep_in = OUT / cloud.name
        play = Demo(cloud=cloud, console=console, keep_in=keep_in, before=before)
        outcome = play(orders, seed=seed)
        print_outcome(outcome, console)
        if keep:
            cloud.release()
    if not keep:
        cloud.stop()
    total = time.monotonic() - started
    took = f"{total:.0f} s in all, {outcome.took.total_seconds():.0f} s of it for the day"
    console.print(f"\n{took}. Now look at:")
    _advise(*(f"{page}    # the {name}" for name, page in outcome.pages.items()))
    _advise_after_demo(cloud if keep else None)
    if not outcome.is_right:
        raise typer.Exit(1)


def _days_before(cloud: LocalCloud, *, seed: int, progress: Steps) -> WrittenHistory:
    """Write a history of the days before the demo's."""
    step = f"write {DAYS} days before"
    progress(step, "started")
    written = write_history(
        local_target(cloud), now=datetime.now(UTC), messages_a_day=OF_A_DEMO, seed=seed
    )
    progress(step, "finished")
    return written


OF_A_DEMO = 120
"""Messages a day of the history before a demo: enough to look at, and written in seconds."""


def _advise_after_demo(kept: LocalCloud | None) -> None:
    if kept is None:
        console.print("Everything is stopped. To look around in it:")
        _advise("make demo KEEP=1")
        return
    console.print("The local cloud is still up. Now try:")
    name = shlex.quote(kept.name)
    _advise(
        console_beside(kept) or f"{command_name()} console --cloud {name}",
        f"{command_name()} status demo-0001 --shop 'Leaf & Kettle' --cloud {name}",
        f"{command_name()} stats --cloud {name}",
        f"{command_name()} stats --by day --since {DAYS + 1}d --cloud {name}",
        f"{command_name()} parked list --cloud {name}",
        f"{command_name()} down --cloud {name}    # stops it",
    )


def _advise(*commands: str) -> None:
    for command in commands:
        console.print(f"  {command}", markup=False)
