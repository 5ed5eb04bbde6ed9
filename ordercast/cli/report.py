"""A period in, a page with its figures and plots, saved as a file, out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import Since, Until, period
from ordercast.operations.report.page import report
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.workflows.read_rollups import rollups_between


def save_report(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("out/report.html"),
    since: Since = None,
    until: Until = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Save one HTML page of what became of every message: rates, latency, cost, funnel."""
    now = datetime.now(UTC)
    meant = period(since, until, now=now)
    found = rollups_between(target(stage, cloud).rollups(), meant.since, meant.until)
    page = report(found, stage=stage, since=meant.since, until=meant.until, made_at=now)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    console.print(f"{meant}: {out}", markup=False)
