"""The command `ordercast doctor`: say whether account and stage are ready to send. Used by operators and `make deploy`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.findings import channels, document, report
from ordercast.cli.output.terminal import console, errors_console
from ordercast.cli.trial_messages import has_arrived, send_test
from ordercast.events.order_event import Channel
from ordercast.operations.caller import caller_on
from ordercast.operations.doctor.findings import is_clean
from ordercast.operations.doctor.opening import open_clean
from ordercast.operations.doctor.second_region import account_findings
from ordercast.operations.target import LOCAL_STAGE, provider_endpoint, target
from ordercast.wiring.clock import utc_now

SIMULATED = (
    "Simulated, all but key, log groups and bootstrap: SES, SNS, quotas, subscriptions and clock "
    "are as account.json in the local cloud's folder says (docs/doctor.md)."
)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,  # noqa: FBT002
    send: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--send-test", help="Then send yourself a text and an e-mail, and follow both."
        ),
    ] = False,
    email: Annotated[
        str | None, typer.Option(help="Whom the test e-mail goes to. [default: alarms.email]")
    ] = None,
    phone: Annotated[
        str | None,
        typer.Option(help="Whom the test text goes to: +1…. [default: sms_heartbeat_number]"),
    ] = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Check what the account lets the stage do, and open the channels of which nothing is bad.

    Status 1 if anything is bad or could not be read, or a message of the test did not arrive.
    """
    where = target(stage, cloud)
    found = account_findings(where, now=utc_now, endpoint=provider_endpoint(stage, cloud))
    known = open_clean(where.ledger(), found, by=lambda: caller_on(where), at=datetime.now(UTC))
    if not as_json:
        console.print(report(found))
        console.print(channels(known, stage), markup=False)
        if stage == LOCAL_STAGE:
            console.print(SIMULATED)
    last = send_test(where, email=email, phone=phone, say=_say(as_json=as_json)) if send else None
    if as_json:
        print(json.dumps(document(stage, found, known, last), indent=2))
    is_well = all(is_clean(found, each) for each in Channel)
    if not is_well or (last is not None and not has_arrived(last)):
        raise typer.Exit(1)


def _say(*, as_json: bool) -> Callable[[str], None]:
    """Return what prints a step of the test: beside a document, to who watches."""
    shown = errors_console if as_json else console
    return lambda line: shown.print(line, markup=False)
