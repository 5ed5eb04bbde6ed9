"""The command `ordercast replay`: decide about past events again and compare with the ledger. Used by operators."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.decisions.lookup import LookupKeys
from ordercast.decisions.replay_diff import ReplayDifference, differences, verdict
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.streams.kinesis_records import stream_records
from ordercast.notifications.notification import Notification
from ordercast.operations.dry_run import DryRun
from ordercast.operations.periods import span
from ordercast.operations.recording import read
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.usage_error import UsageError
from ordercast.wiring.relay import policy_of

IDS_A_READ = 100

_Sums = Counter[str]


def replay(
    file: Annotated[
        Path | None, typer.Argument(help="A recording, or a file with one Lambda event.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", help="Instead of a file: the stream's records since 36h, 7d, …."),
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="End, in the same form.")] = None,
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Always on: a replay never sends anything.")
    ] = True,
    last: Annotated[int, typer.Option(help="How many differences to list; 0 is all.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, with every difference.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Decide about past events again, with this version's code and the stage's settings, and send nothing.

    Shows what would be sent and how that differs from the ledger. Customers are read as they are
    stored now; the clock is the time at which each batch arrived.
    """
    del dry_run  # accepted for clarity
    if (file is None) == (since is None):
        raise UsageError("replay what?", hint="name a recording, or a period: --from 36h")
    if file is not None and until is not None:
        raise UsageError("--to goes with --from", hint="a recording is replayed whole")
    when = None if since is None else span(since, until, now=datetime.now(UTC))
    there = target(stage, cloud)
    run, sums = _dry_run(_batches(there, file, when), there)
    found = list(differences(run.rows.values(), _on_the_ledger(there, run.rows)))
    if as_json:
        print(json.dumps(_document(run, sums, found)))
        return
    _show(run, sums, found, last=last)


def _dry_run(batches: Iterable[Sequence[StreamRecord]], there: Target) -> tuple[DryRun, _Sums]:
    run = DryRun(
        look_up_people=there.ledger().look_up,
        policy=policy_of(there.settings),
        default_currency=there.settings.default_currency,
    )
    sums: _Sums = Counter()
    with console.status("replaying …") as shown:
        for batch in batches:
            now = max((r.arrived_at for r in batch if r.arrived_at), default=datetime.now(UTC))
            relayed = run.relay(batch, now=now)
            sums.update(
                records=relayed.accepted + relayed.repeated + relayed.stale + relayed.parked,
                accepted=relayed.accepted,
                duplicate=relayed.repeated,
                stale=relayed.stale,
                parked=relayed.parked,
            )
            shown.update(f"replaying: {sums['records']} records")
    return run, sums


def _batches(
    there: Target, file: Path | None, when: tuple[datetime, datetime] | None
) -> Iterator[Sequence[StreamRecord]]:
    if file is not None:
        yield from (stream_records(batch) for batch in read(file))
    elif when is not None:
        yield from filter(None, there.orders().between(*when))


def _on_the_ledger(there: Target, rows: Mapping[str, Notification]) -> dict[str, Notification]:
    ledger, ids = there.ledger(), sorted(rows)
    found: dict[str, Notification] = {}
    for start in range(0, len(ids), IDS_A_READ):
        wanted = LookupKeys(notifications=frozenset(ids[start : start + IDS_A_READ]))
        found |= ledger.look_up(wanted).notifications
    return found


def _verdicts(run: DryRun) -> Counter[tuple[str, str]]:
    return Counter((row.channel.value, verdict(row)) for row in run.rows.values())


def _reasons(run: DryRun) -> Counter[str]:
    """Count the records that would be parked, by reason and detail."""
    return Counter(f"{each.reason}: {each.detail}" for each in run.parked)


def _show(run: DryRun, sums: _Sums, found: Sequence[ReplayDifference], *, last: int) -> None:
    if not sums["records"]:
        console.print("0 records: none in that period.")
        return
    console.print(
        f"{sums['records']} records: {sums['accepted']} accepted, {sums['duplicate']} duplicate,"
        f" {sums['stale']} stale, {sums['parked']} parked"
    )
    would = Grid("would be", "channel", "notifications", box=None, padding=(0, 2, 0, 0))
    for (channel, what), number in sorted(_verdicts(run).items(), key=lambda e: e[0][::-1]):
        would.add_row(what, channel, str(number))
    console.print(would)
    for what, number in _reasons(run).items():
        console.print(f"{number} would be parked: {what}", markup=False)
    if not found:
        console.print("The ledger agrees on each of them.")
        return
    shown = found[-last:] if last else found
    console.print(f"{len(found)} differ from the ledger; {len(shown)} of them:")
    for each in shown:
        console.print(
            f"  {each.order_id}, {each.status}, {each.channel}:"
            f" would be {each.would}; ledger: {each.ledger}",
            markup=False,
        )


def _document(run: DryRun, sums: _Sums, found: Sequence[ReplayDifference]) -> dict[str, Any]:
    return {
        "records": dict(sums),
        "would": [
            {"channel": channel, "verdict": what, "notifications": number}
            for (channel, what), number in sorted(_verdicts(run).items())
        ],
        "parked": [{"reason": what, "records": number} for what, number in _reasons(run).items()],
        "differences": [asdict(each) for each in found],
    }
