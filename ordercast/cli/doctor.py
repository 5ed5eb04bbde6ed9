"""The command `ordercast doctor`: say whether account and stage are ready to send. Used by operators and `make deploy`."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.findings import channels, document, report
from ordercast.cli.output.terminal import console
from ordercast.events.order_event import Channel
from ordercast.operations.caller import caller_on
from ordercast.operations.checkout import in_checkout
from ordercast.operations.doctor.checks import CHECKS
from ordercast.operations.doctor.findings import Finding, findings, is_clean
from ordercast.operations.doctor.opening import open_clean
from ordercast.operations.doctor.reading import account_facts
from ordercast.operations.target import LOCAL_STAGE, Target, target

SIMULATED = (
    "Simulated, all but key, log groups and bootstrap: SES, SNS, quotas, subscriptions and clock "
    "are as account.json in the local cloud's folder says (docs/doctor.md)."
)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Check what the account lets the stage do, and open the channels of which nothing is bad.

    Status 1 if anything is bad or could not be read.
    """
    where = target(stage, cloud)
    found = _findings(where, _endpoint(stage, cloud))
    known = open_clean(where.ledger(), found, by=lambda: caller_on(where), at=datetime.now(UTC))
    if as_json:
        print(json.dumps(document(stage, found, known), indent=2))
    else:
        console.print(report(found))
        console.print(channels(known, stage), markup=False)
        if stage == LOCAL_STAGE:
            console.print(SIMULATED)
    if not all(is_clean(found, each) for each in Channel):
        raise typer.Exit(1)


def _findings(where: Target, endpoint: str | None) -> list[Finding]:
    facts = account_facts(where, now=lambda: datetime.now(UTC), endpoint=endpoint).read()
    return findings(CHECKS, facts, where.settings)


def _endpoint(stage: str, cloud: str | None) -> str | None:
    """Return where a local cloud answers for the account; it passes on what it does not simulate."""
    if stage != LOCAL_STAGE:
        return None
    endpoint: str = in_checkout("clouds").running_cloud(cloud).provider_endpoint
    return endpoint
