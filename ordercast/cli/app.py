"""The command `ordercast`: words and options in, a running pipeline and readable answers out."""

import sys
from contextlib import nullcontext
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from ordercast.cli.customers import customers
from ordercast.cli.export import export
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console, errors_console
from ordercast.cli.parked import parked
from ordercast.cli.pause import pause, resume
from ordercast.cli.put import put
from ordercast.cli.record import record
from ordercast.cli.replay import replay
from ordercast.cli.report import save_report
from ordercast.cli.stats import cost, stats
from ordercast.cli.status import customer_listing, order_listing
from ordercast.cli.verify import verify
from ordercast.errors import PipelineError
from ordercast.operations import checkout
from ordercast.operations.checkout import in_checkout
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.usage_error import UsageError

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
app.command()(pause)
app.command()(resume)
app.command()(verify)
app.command()(export)


def main() -> None:
    """Run one command; what it cannot go on with is said in a line or two, with status 1."""
    try:
        with in_checkout("failures").part_named() if checkout.there() else nullcontext():
            app()
    except UsageError as error:
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
    in_checkout("commands").up(name, receipt_delay=receipt_delay)


@app.command()
def down(
    cloud: CloudName = None,
    every: Annotated[bool, typer.Option("--all", help="Stop every one of them.")] = False,  # noqa: FBT002
) -> None:
    """Stop a local cloud and remove all that it kept."""
    in_checkout("commands").down(cloud, every=every)


@app.command()
def inbox(
    cloud: CloudName = None,
    last: Annotated[int, typer.Option(help="How many to list, newest last; 0 is all.")] = 20,
) -> None:
    """Show the messages that the simulated providers accepted, and save them as pages."""
    in_checkout("commands").inbox(cloud, last=last)


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
        raise UsageError("say one of them: an order, or --customer")
    where = target(stage, cloud)
    if order is not None:
        listing = order_listing(where, order, shop=shop)
    else:
        listing = customer_listing(where, str(customer), shop=shop, last=last)
    waiting = in_checkout("in_flight").waiting_on(cloud, where) if stage == LOCAL_STAGE else None
    if listing is None:
        whose = f"order {order}" if order is not None else f"customer {customer}"
        hint = "" if shop else "if its events name a shop, say which: --shop NAME"
        if waiting and waiting.records:
            hint = f"still on the way: {waiting}; ask again in a moment"
        raise UsageError(f"the ledger has no notification for {whose}", hint=hint)
    # A story has its columns, which are wrapped by themselves.
    console.print(listing, soft_wrap=order is None)
    if waiting and waiting.records:
        console.print(f"\nStill on the way: {waiting}")


@app.command()
def env(cloud: CloudName = None) -> None:
    """Print the environment in which AWS tools talk to a local cloud, for the shell to eval."""
    in_checkout("commands").env(cloud)


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=1, help="How many orders to make up.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same orders.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running.")] = False,  # noqa: FBT002
) -> None:
    """Start a local cloud, deploy, play a day of a shop, compare four counts; status 1 if any differ."""
    in_checkout("commands").demo(orders, seed=seed, keep=keep)


def _complain(what: str, *more: str) -> None:
    errors_console.print("[bold red]✗[/]", Text(what))
    for line in more:
        if line:
            errors_console.print(Text(f"  {line}"))
    sys.exit(1)
