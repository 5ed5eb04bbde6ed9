"""The command `ordercast routes`: the ways that messages may take. Used by operators."""

from typing import Annotated

import typer

from ordercast.cli.explain_routes import explain_routes
from ordercast.cli.list_routes import list_routes
from ordercast.cli.options import AsJson, CloudName, Shop, Stage
from ordercast.operations.target import LOCAL_STAGE, target


def routes(
    explain: Annotated[
        str | None,
        typer.Option(metavar="ORDER", help="The order whose messages' routes are explained."),
    ] = None,
    shop: Shop = None,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List the stage's routes: what uses each, whether it is open, why not, and its rate; or explain an order's."""
    where = target(stage, cloud)
    if explain is None:
        list_routes(where, as_json=as_json)
    else:
        explain_routes(where, explain, shop=shop, as_json=as_json)
