"""The command `ordercast`: words and options in, a running pipeline and readable answers out."""

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import asdict
from rich.text import Text

from local_cloud.cloud import LocalCloud
from local_cloud.demo.report import print_outcome
from local_cloud.demo.run import Demo
from local_cloud.errors import LocalCloudError
from local_cloud.inbox import read_inbox
from ordercast.cli.customers import customers
from ordercast.cli.export import export
from ordercast.cli.local.failures import part_named, stopped_on_failure
from ordercast.cli.local.in_flight import still_on_the_way
from ordercast.cli.local.inbox_folder import save_inbox
from ordercast.cli.local.inbox_listing import inbox_listing
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.progress import steps
from ordercast.cli.output.terminal import called, complaints, console
from ordercast.cli.parked import parked
from ordercast.cli.pause import resume, stop
from ordercast.cli.put import put
from ordercast.cli.record import record
from ordercast.cli.replay import replay
from ordercast.cli.report import save_report
from ordercast.cli.stats import cost, stats
from ordercast.cli.status import customer_listing, order_listing
from ordercast.cli.verify import verify
from ordercast.errors import PipelineError
from ordercast.operations.target import LOCAL_STAGE, local_target, running_cloud, target
from ordercast.usage_error import Complaint

OUT = Path("out")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Order events in, text messages and e-mails out, every message accounted for.",
)
app.add_typer(customers)
app.add_typer(parked)
app.command()(put)
app.command()(stats)
app.command()(cost)
app.command("report")(save_report)
app.command()(record)
app.command()(replay)
app.command()(stop)
app.command()(resume)
app.command()(verify)
app.command()(export)


def main() -> None:
    """Run one command; what it cannot go on with is said in a line or two, with status 1."""
    try:
        with part_named():
            app()
    except Complaint as error:
        _complain(error.what, error.hint)
    except LocalCloudError as error:
        log = f"its log: {error.log}" if error.log else ""
        _complain(error.what, log, error.hint)
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except (PipelineError, BotoCoreError, ClientError) as error:
        _complain(str(error))


@app.command()
def up(
    name: Annotated[str, typer.Option("--name", help="What to call it.")] = "local",
    receipt_delay: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds from a message to its first simulated receipt."),
    ] = None,
) -> None:
    """Start a local cloud and deploy the pipeline to it; run it again to deploy changes."""
    found = LocalCloud.find(name)
    if found and receipt_delay is not None:
        raise Complaint(f"{name} runs already, with another receipt delay", hint=f"{called()} down")
    with steps(console) as progress:
        cloud = found or LocalCloud.start(name, receipt_delay=receipt_delay, progress=progress)
        with stopped_on_failure(cloud, but=found):
            cloud.deploy(progress=progress)
            cloud.release()
    console.print(f"The local cloud [bold]{name}[/] is up at {cloud.endpoint}. Now try:")
    _advise(
        f"{called()} put examples/order.json",
        f"{called()} inbox",
        f"{called()} status o-1001",
        f'eval "$({called()} env)"    # the AWS CLI and SDKs then talk to it',
        f"{called()} down",
    )


@app.command()
def down(
    cloud: CloudName = None,
    every: Annotated[bool, typer.Option("--all", help="Stop every one of them.")] = False,  # noqa: FBT002
) -> None:
    """Stop a local cloud and remove all that it kept."""
    left = LocalCloud.remove_ended()
    named = (cloud not in left) if cloud else not left
    chosen = LocalCloud.running() if every else [running_cloud(cloud)] if named else []
    for each in chosen:
        each.stop()
    for name in [each.name for each in chosen] + left:
        console.print(f"The local cloud {name} is gone.")


@app.command()
def inbox(
    cloud: CloudName = None,
    last: Annotated[int, typer.Option(help="How many to list, newest last; 0 is all.")] = 20,
) -> None:
    """Show the messages that the simulated providers accepted, and save them as pages."""
    chosen = running_cloud(cloud)
    messages = read_inbox(chosen.inbox)
    console.print(inbox_listing(messages, last=last))
    page = save_inbox(messages, OUT / chosen.name)
    told = f"\n{len(messages)} messages (simulated, nobody received them); as they look: {page}"
    console.print(told, markup=False)
    if waiting := still_on_the_way(chosen, local_target(chosen)):
        console.print(f"Still on the way: {waiting}")


@app.command()
def status(
    order: Annotated[str | None, typer.Argument(help="The order_id of its events.")] = None,
    customer: Annotated[
        str | None, typer.Option(help="Instead: the customer_id; its newest come first.")
    ] = None,
    last: Annotated[int, typer.Option(min=0, help="How many of a customer; 0 is all.")] = 20,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show an order's story, by whose word, or what became of a customer's notifications."""
    if (order is None) == (customer is None):
        raise Complaint("say one of them: an order, or --customer")
    where = target(stage, cloud)
    if order is not None:
        listing = order_listing(where, order, shop=shop)
    else:
        listing = customer_listing(where, str(customer), shop=shop, last=last)
    waiting = still_on_the_way(running_cloud(cloud), where) if stage == LOCAL_STAGE else None
    if listing is None:
        whose = f"order {order}" if order is not None else f"customer {customer}"
        hint = "" if shop else "if its events name a shop, say which: --shop NAME"
        if waiting and waiting.records:
            hint = f"still on the way: {waiting}; ask again in a moment"
        raise Complaint(f"the ledger has no notification for {whose}", hint=hint)
    # A story has its columns, which are wrapped by themselves.
    console.print(listing, soft_wrap=order is None)
    if waiting and waiting.records:
        console.print(f"\nStill on the way: {waiting}")


@app.command()
def env(cloud: CloudName = None) -> None:
    """Print the environment in which AWS tools talk to a local cloud, for the shell to eval."""
    chosen = running_cloud(cloud)
    # A profile or an endpoint of the caller's own would win over what we set.
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


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=1, help="How many orders to make up.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same orders.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running.")] = False,  # noqa: FBT002
) -> None:
    """Start a local cloud, deploy, play a day of a shop, compare four counts; status 1 if any differ."""
    started = time.monotonic()
    with steps(console) as progress:
        cloud = LocalCloud.start("demo", another=True, progress=progress)
        with stopped_on_failure(cloud):
            cloud.deploy(progress=progress)
    with stopped_on_failure(cloud):
        keep_in = OUT / cloud.name
        outcome = Demo(cloud=cloud, console=console, keep_in=keep_in)(orders, seed=seed)
        print_outcome(outcome, console)
        if keep:
            cloud.release()
    if not keep:
        cloud.stop()
    in_all = time.monotonic() - started
    took = f"{in_all:.0f} s in all, {outcome.took.total_seconds():.0f} s of it for the day"
    console.print(f"\n{took}. Now look at:")
    _advise(*(f"{page}    # the {name}" for name, page in outcome.pages.items()))
    _advise_after_demo(cloud.name if keep else None)
    if not outcome.is_right:
        raise typer.Exit(1)


def _advise_after_demo(kept: str | None) -> None:
    if kept is None:
        console.print("Everything is stopped. To look around in it:")
        _advise("make demo KEEP=1")
        return
    console.print("The local cloud is still up. Now try:")
    name = shlex.quote(kept)
    _advise(
        f"{called()} status demo-0001 --shop 'Leaf & Kettle' --cloud {name}",
        f"{called()} stats --cloud {name}",
        f"{called()} parked list --cloud {name}",
        f"{called()} down --cloud {name}    # stops it",
    )


def _advise(*commands: str) -> None:
    for command in commands:
        console.print(f"  {command}", markup=False)


def _complain(what: str, *more: str) -> None:
    complaints.print("[bold red]✗[/]", Text(what))
    for line in more:
        if line:
            complaints.print(Text(f"  {line}"))
    sys.exit(1)
