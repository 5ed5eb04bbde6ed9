"""The command `ordercast routes`: the ways that messages may take. Used by operators."""

from typing import Annotated

import typer

from ordercast.cli.explain_routes import explain_routes
from ordercast.cli.options import AsJson, CloudName, Shop, Stage
from ordercast.operations.target import LOCAL_STAGE, target


def routes(
    explain: Annotated[
        str, typer.Option(metavar="ORDER", help="The order whose messages' routes are explained.")
    ],
    shop: Shop = None,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show which routes an order's messages may take: price, delivery rate, what closes each, and which is chosen now."""
    explain_routes(target(stage, cloud), explain, shop=shop, as_json=as_json)
