"""The command `ordercast`: parse words and options, and print errors in one line. Used by `main`."""

import sys
from contextlib import nullcontext
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from ordercast.cli.alarms import alarms
from ordercast.cli.audit import audit
from ordercast.cli.budget import budget
from ordercast.cli.cancel import cancel
from ordercast.cli.console import console as show_console
from ordercast.cli.cost import cost
from ordercast.cli.customers import customers
from ordercast.cli.doctor import doctor
from ordercast.cli.export import export
from ordercast.cli.find import find
from ordercast.cli.forget import forget
from ordercast.cli.history import history
from ordercast.cli.messages import messages
from ordercast.cli.new import new
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.orders import orders
from ordercast.cli.output.terminal import console, errors_console
from ordercast.cli.parked import TakesIds, parked
from ordercast.cli.parked_edit import edit as edit_parked
from ordercast.cli.parked_redrive import drop, redrive
from ordercast.cli.pause import pause, resume
from ordercast.cli.prices import prices
from ordercast.cli.put import put
from ordercast.cli.record import record
from ordercast.cli.rendered import words_of_order
from ordercast.cli.replay import replay
from ordercast.cli.report import save_report
from ordercast.cli.resend import resend
from ordercast.cli.restore import restore
from ordercast.cli.routes import routes
from ordercast.cli.simulator import simulator
from ordercast.cli.stats import stats
from ordercast.cli.status import customer_listing, order_listing
from ordercast.cli.suppressions import suppressions
from ordercast.cli.tail import tail
from ordercast.cli.templates import templates
from ordercast.cli.validate import validate
from ordercast.cli.verify import verify
from ordercast.errors import PipelineError
from ordercast.operations import checkout
from ordercast.operations.checkout import in_checkout
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.templates.brands import BadBrand
from ordercast.usage_error import UsageError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Send text messages and e-mails for order events, and show the result of each.",
)
app.add_typer(budget)
app.add_typer(new)
app.add_typer(templates)
app.add_typer(customers)
parked.command("edit", cls=TakesIds)(edit_parked)
parked.command("redrive", cls=TakesIds)(redrive)
parked.command("drop", cls=TakesIds)(drop)
app.add_typer(parked)
app.add_typer(prices)
app.add_typer(restore)
app.add_typer(simulator)
app.add_typer(suppressions)
app.command()(put)
app.command()(validate)
app.command("stats")(stats)
app.command("cost")(cost)
app.command("report")(save_report)
app.command()(record)
app.command()(replay)
app.command(cls=TakesIds)(resend)
app.command(cls=TakesIds)(cancel)
app.command()(pause)
app.command()(resume)
app.command()(routes)
app.command()(verify)
app.command()(doctor)
app.command()(alarms)
app.command()(audit)
app.command(cls=TakesIds)(find)
app.command()(forget)
app.command()(messages)
app.command()(orders)
app.command()(tail)
app.command("console")(show_console)
app.command()(export)
app.command()(history)


def main() -> None:
    """Run one command; an expected error is printed in a line or two, with status 1."""
    try:
        with in_checkout("failures").part_named() if checkout.there() else nullcontext():
            app()
    except UsageError as error:
        log = f"its log: {error.log}" if error.log else ""
        _print_error(error.what, log, error.hint)
    except OSError as error:
        _print_error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except (PipelineError, BadBrand, BotoCoreError, ClientError) as error:
        _print_error(str(error))


@app.command()
def up(
    name: Annotated[str, typer.Option("--name", help="Its name.")] = "local",
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
    every: Annotated[bool, typer.Option("--all", help="Stop all local clouds.")] = False,  # noqa: FBT002
) -> None:
    """Stop a local cloud and remove its data."""
    in_checkout("commands").down(cloud, every=every)


@app.command()
def inbox(
    cloud: CloudName = None,
    last: Annotated[int, typer.Option(help="How many to list, the newest last; 0 is all.")] = 20,
) -> None:
    """Show the messages that the simulated providers accepted, and save them as pages."""
    in_checkout("commands").inbox(cloud, last=last)


@app.command()
def status(
    order: Annotated[str | None, typer.Argument(help="The order_id of its events.")] = None,
    customer: Annotated[
        str | None, typer.Option(help="Instead of an order: a customer_id; the newest come first.")
    ] = None,
    last: Annotated[
        int, typer.Option(min=0, help="How many notifications of a customer; 0 is all.")
    ] = 20,
    rendered: Annotated[  # noqa: FBT002 - an option's default
        bool,
        typer.Option("--rendered", help="With each message of an order, its words as they were."),
    ] = False,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show the timeline of an order, with the source of each step, or a customer's notifications."""
    if (order is None) == (customer is None):
        raise UsageError("name an order, or --customer")
    where = target(stage, cloud)
    if order is not None:
        listing = order_listing(where, order, shop=shop)
    else:
        listing = customer_listing(where, str(customer), shop=shop, last=last)
    waiting = in_checkout("in_flight").waiting_on(cloud, where) if stage == LOCAL_STAGE else None
    if listing is None:
        whose = f"order {order}" if order is not None else f"customer {customer}"
        hint = "" if shop else "if its events name a shop, add --shop NAME"
        if waiting and waiting.records:
            hint = f"still in flight: {waiting}; try again in a moment"
        raise UsageError(f"the ledger has no notification for {whose}", hint=hint)
    # A timeline has columns, which wrap by themselves.
    console.print(listing, soft_wrap=order is None)
    if rendered and order is not None:
        console.print(words_of_order(where, order, shop=shop), soft_wrap=True)
    if waiting and waiting.records:
        console.print(f"\nStill in flight: {waiting}")


@app.command()
def env(cloud: CloudName = None) -> None:
    """Print the environment variables with which AWS tools reach a local cloud, for the shell to eval."""
    in_checkout("commands").env(cloud)


@app.command()
def demo(
    orders: Annotated[int, typer.Option(min=1, help="How many orders to generate.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed generates the same orders.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the local cloud running.")] = False,  # noqa: FBT002
) -> None:
    """Deploy to a local cloud, simulate a day of a shop, compare four counts; status 1 if any differ."""
    in_checkout("commands").demo(orders, seed=seed, keep=keep)


def _print_error(what: str, *more: str) -> None:
    errors_console.print("[bold red]✗[/]", Text(what))
    for line in more:
        if line:
            errors_console.print(Text(f"  {line}"))
    sys.exit(1)
