"""Run a proof on a local cloud of its own, and end with a table and a status. Used by `deploy_proof` and `drill_restore`."""

import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.steps import ProofSteps


def attempt(
    name: str,
    run: Callable[[LocalCloud, ProofSteps], None],
    *,
    title: str,
    expected: int,
    not_shown: Sequence[str],
) -> NoReturn:
    """Run the steps on a cloud of that *name*, with TLS and authorisation, and exit.

    The status is 1 unless as many steps as *expected* hold; then the logs stay. *not_shown* are a
    headline and what the emulator cannot show, a line each.
    """
    console = Console(highlight=False, soft_wrap=True)
    steps = ProofSteps(console, expected=expected, title=title)
    cloud = None
    try:
        with steps.step("start a local cloud with TLS and authorisation"):
            cloud = LocalCloud.start(name, another=True, receipt_delay=0.2, secured=True)
            cloud.adopt_environment()
        run(cloud, steps)
    except Exception as error:  # noqa: BLE001 - the table has it, too
        console.print(f"{type(error).__name__}: {error}", markup=False)
    finally:
        if cloud:
            cloud.stop(keep_logs=not steps.passed)
    headline, *lines = not_shown
    console.print(headline, *(f"- {each}" for each in lines), sep="\n", markup=False)
    steps.tell()
    if cloud and not steps.passed:
        console.print(f"Logs: {cloud.folder / 'logs'}", markup=False)
    sys.exit(not steps.passed)
