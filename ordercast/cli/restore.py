"""The commands `ordercast restore`: bring a restored ledger up to what was sent before the loss. Used by operators."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from msgspec import structs

from ordercast.audit import Verb
from ordercast.cli.options import CloudName, Really, Reason, Stage, insist_on_reason
from ordercast.cli.output.terminal import console
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways import clients
from ordercast.gateways.parked.records import S3ParkedRecords
from ordercast.operations.acts import audited
from ordercast.operations.caller import caller_on
from ordercast.operations.periods import moment
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.operations.units import count
from ordercast.pacing.restoring import fences
from ordercast.usage_error import UsageError
from ordercast.wiring.receipts import ReceiptPorts
from ordercast.wiring.relay import RelayPorts, policy_of, relay_orders
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.relay_orders import Relayed
from ordercast.workflows.replay_into_ledger import ReplayedLedger
from ordercast.workflows.restore_ledger import RestoreLedger

RELAY_MAY_BE_BEHIND = timedelta(hours=1)
"""What the relay had not read when the ledger was as it is restored: records from so long before it."""

restore = typer.Typer(
    name="restore",
    no_args_is_help=True,
    help="Take a restored ledger into use, so that nothing goes out twice.",
)

RestoredTo = Annotated[
    str, typer.Option(help="As of when the ledger was restored, in UTC: a time, or 30m, 2h, ….")
]


@restore.command()
def begin(
    table: Annotated[str, typer.Argument(help="The restored table, which nothing uses yet.")],
    lost_at: Annotated[
        str, typer.Option(help="When the ledger was lost, in UTC; later is safe, earlier is not.")
    ],
    restored_to: RestoredTo,
    reason: Reason = "",
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Hold back what may have been sent, and settle what is known to be; before the stage uses the table."""
    now = datetime.now(UTC)
    lost = moment(lost_at, option="--lost-at", now=now)
    to = moment(restored_to, option="--restored-to", now=now)
    if not to < lost <= now:
        raise UsageError("--lost-at is after --restored-to, and has been")
    where = target(stage, cloud)
    names = structs.replace(where.names, ledger_table=table)
    restoring = _restoring(replace(where, names=names))
    of = f"begin: lost at {lost:%Y-%m-%dT%H:%M:%SZ}, restored to {to:%Y-%m-%dT%H:%M:%SZ}"
    with audited(replace(where, names=names), Verb.RESTORE, of, reason=reason) as doing:
        settled = restoring.begin(lost_at=lost, restored_to=to, reason=reason)
        doing.outcome = f"{count(settled, 'notification')} settled by receipts"
    console.print(
        f"Held back: what was effective by {lost:%Y-%m-%d %H:%M:%S} UTC; the relay waits."
    )
    console.print(f"Settled by their receipts: {count(settled, 'notification')}.")
    console.print(
        "Next: name the table in the stage's file, `make deploy STAGE=… STACK=Pipeline`,\n"
        "`make deploy STAGE=…`, and `ordercast restore replay` (docs/operate.md)."
    )


@restore.command()
def replay(
    restored_to: RestoredTo,
    since: Annotated[
        str | None,
        typer.Option("--from", help="Records since then. [default: an hour before --restored-to]"),
    ] = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Enter what the stream still has from before the loss, held back, and let the relay go on."""
    where, now = target(stage, cloud), datetime.now(UTC)
    to = moment(restored_to, option="--restored-to", now=now)
    begins = moment(since, option="--from", now=now) if since else to - RELAY_MAY_BE_BEHIND
    oldest = now - where.settings.orders.retention
    if begins < oldest:
        console.print(
            f"The stream has nothing from before {oldest:%Y-%m-%d %H:%M} UTC: those are lost."
        )
    restoring = _restoring(where)
    ends = [datetime.fromisoformat(str(each.scope.before)) for each in fences(restoring.holds())]
    if not ends:
        raise UsageError(
            "this ledger was not restored", hint="`ordercast restore begin` comes first"
        )
    # A fence is written to the second.
    batches = where.orders().between(begins, max(ends) + timedelta(seconds=1))

    def relay(records: Sequence[StreamRecord], at: datetime) -> Relayed:
        ledger = ReplayedLedger(ledger=where.ledger(), now=lambda: at)
        bucket = where.names.parked_bucket
        ports = RelayPorts(
            ledger=ledger,
            people=where.people(),
            notifications_topic=ledger,
            parked=S3ParkedRecords(client=clients.s3(), bucket=bucket),
            now=lambda: at,
        )
        currency = where.settings.default_currency
        return relay_orders(ports, policy_of(where.settings), default_currency=currency)(records)

    with audited(where, Verb.RESTORE, f"replay since {begins:%Y-%m-%dT%H:%M:%SZ}") as doing:
        done = restoring.replay(batches, relay, restored_to=to)
        doing.outcome = f"{count(done.records, 'record')}, {done.accepted} accepted"
    console.print(", ".join(f"{number} {name}" for name, number in asdict(done).items()) + ".")
    _waiting(where)


@restore.command()
def release(
    reason: Reason = "",
    yes: Really = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Send what waits and is not known to be sent: some of it may have been, and comes twice then."""
    where = target(stage, cloud)
    if not _is_meant(where, reason, yes=yes):
        return
    with audited(where, Verb.RESTORE, "release", reason=reason) as doing:
        released = _restoring(where).release()
        doing.outcome = f"let go: {' '.join(each.id for each in released) or 'nothing'}"
    console.print(f"Let go: {', '.join(each.id for each in released) or 'nothing'}.", markup=False)


@restore.command()
def end(
    reason: Reason = "",
    yes: Really = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """End what waits without sending it, for good; it is `unconfirmed` by the rule `restored`."""
    where = target(stage, cloud)
    if _is_meant(where, reason, yes=yes):
        with audited(where, Verb.RESTORE, "end", reason=reason) as doing:
            ended = _restoring(where).end()
            doing.outcome = f"{count(ended, 'notification')} ended unsent"
        console.print(f"Ended without being sent: {count(ended, 'notification')}.")


def _is_meant(where: Target, reason: str, *, yes: bool) -> bool:
    """Say what waits; tell whether the operator means it, and why. Raises `UsageError` without a reason."""
    _waiting(where)
    if not yes:
        console.print("Nothing was changed; --yes does it.")
    insist_on_reason(reason, yes=yes)
    return yes


def _waiting(where: Target) -> None:
    ledger = where.ledger()
    behind = ledger.waiting([each.id for each in fences(_restoring(where).holds())])
    for hold_id, number in behind.items():
        console.print(f"{hold_id}: {count(number, 'message')} waiting", markup=False)


def _restoring(where: Target) -> RestoreLedger:
    ledger, by = where.ledger(), caller_on(where)
    ports = ReceiptPorts(
        ledger=ledger, people=where.people(), receipt_logs=where.receipt_logs(), function=by
    )
    return RestoreLedger(
        ledger=ledger,
        receipt_logs=where.receipt_logs(),
        merge=MergeReceipts(
            ledger=ledger,
            account=ports.account_in(
                where.settings.region, second_region=where.settings.second_region.region
            ),
            receipt_timeout=where.settings.receipt_timeout,
            now=ports.now,
        ),
        receipt_timeout=where.settings.receipt_timeout,
        by=by,
        now=ports.now,
    )
