"""Let the simulated providers of a local cloud fail. Used by the command line."""

from typing import Annotated

import typer

from ordercast.cli.options import CloudName
from ordercast.operations.checkout import in_checkout

simulator = typer.Typer(
    name="simulator",
    no_args_is_help=True,
    help="Let the simulated providers of a local cloud fail, and mend them.",
)

Where = Annotated[
    str,
    typer.Argument(
        metavar="PROVIDER[/REGION]", help="sns, ses or sms-voice; in one Region or in all."
    ),
]


@simulator.command("set")
def set_fault(
    where: Where,
    fault: Annotated[
        str,
        typer.Argument(
            metavar="FAULT[=VALUE]",
            help="down, closed, slow=SECONDS, throttling, 5xx, hanging, lost-answers or no-receipts; "
            "all but down and slow can be a share of the calls, such as 5xx=20%.",
        ),
    ],
    lasting: Annotated[
        str, typer.Option("--for", help="How long: 30s, 3m or 1h. [default: until it is cleared]")
    ] = "",
    cloud: CloudName = None,
) -> None:
    """Set a fault of a provider; others that are set stay."""
    in_checkout("simulator").set_fault(cloud, where, fault, lasting=lasting)


@simulator.command()
def show(cloud: CloudName = None) -> None:
    """Show the faults that are set, and how many calls each has met."""
    in_checkout("simulator").show(cloud)


@simulator.command()
def clear(
    where: Annotated[
        str | None, typer.Argument(metavar="[PROVIDER[/REGION]]", help="[default: all]")
    ] = None,
    cloud: CloudName = None,
) -> None:
    """Lift the faults of a provider, or all of them."""
    in_checkout("simulator").clear(cloud, where)
