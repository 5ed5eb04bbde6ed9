"""Options that commands share: which stage, which local cloud, which shop."""

from typing import Annotated

import typer

CloudName = Annotated[
    str | None,
    typer.Option(
        "--cloud", envvar="ORDERCAST_CLOUD", help="A local cloud's name; needed if several run."
    ),
]
Stage = Annotated[str, typer.Option(help="local, or a stage deployed in your AWS account.")]
Shop = Annotated[str | None, typer.Option(help="The shop, where events name one.")]
