"""The command `ordercast console`: show a stage in a browser, on loopback. Used by operators."""

from importlib import import_module
from importlib.util import find_spec
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console as terminal
from ordercast.operations.checkout import in_checkout
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.usage_error import UsageError

EXTRA = "starlette"
"""A package of the extra, by which it is known to be installed."""


def console(
    allow_actions: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--allow-actions",
            help="Let it pause, resume, redrive, drop, correct, resend and cancel; without, it only reads.",
        ),
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of loopback; 0 is any.")] = 0,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show a stage in a browser, on this machine only; Ctrl-C ends it."""
    if not find_spec(EXTRA):
        raise UsageError("the console is not installed", hint="pip install 'ordercast[console]'")
    # Before any client is made.
    import_module("ordercast.console.sdk_operations").refuse_others(allow_actions=allow_actions)
    where = target(stage, cloud)
    here = in_checkout("clouds").running_cloud(cloud) if stage == LOCAL_STAGE else None
    endpoint = here.provider_endpoint if here else None
    made = import_module("ordercast.console.stage").console_stage(
        where, allow_actions=allow_actions, endpoint=endpoint
    )
    may = "it may act" if allow_actions else "it only reads"
    terminal.print(f"The console of stage {stage}, {may}. Ctrl-C ends it.", markup=False)
    import_module("ordercast.console.serve").serve(
        made,
        port=port,
        say=lambda address: terminal.print(
            f"Open, in one browser: {address}", markup=False, soft_wrap=True
        ),
        # That of a local cloud ends with it.
        is_over=lambda: here is not None and not here.alive(),
    )
