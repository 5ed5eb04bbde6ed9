"""Put a file of order events on the stream; on a local cloud, wait for their messages. Used by the command line."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Annotated

import boto3
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console, errors_console
from ordercast.operations.checkout import in_checkout
from ordercast.operations.order_files import EventRow, read_file, read_rows
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.producer import Producer, fits
from ordercast.usage_error import UsageError


def put(
    file: Annotated[str, typer.Argument(help="JSON, an array of it, or JSON Lines; - is stdin.")],
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
    aggregate: Annotated[  # noqa: FBT002
        bool, typer.Option("--aggregate", help="Pack an order's events into KPL aggregates.")
    ] = False,
    unchecked: Annotated[  # noqa: FBT002
        bool, typer.Option("--unchecked", help="Put unusable events too; the relay parks them.")
    ] = False,
    wait: Annotated[  # noqa: FBT002
        bool,
        typer.Option(help="On a local cloud: wait until the messages of these events are sent."),
    ] = True,
) -> None:
    """Put order events on the stream, those of an order in the order of the file."""
    rows = read_rows(read_file(file))
    if not rows:
        raise UsageError(f"{'standard input' if file == '-' else file} holds no order event")
    bad = [row for row in rows if row.problem]
    for row in bad:
        errors_console.print(f"{row.place}: {row.problem}", markup=False)
    where = target(stage, cloud)
    good = [row for row in rows if not row.problem or (unchecked and _fits(row))]
    waiting: AbstractContextManager[None] = nullcontext()
    if wait and stage == LOCAL_STAGE:
        waiting = in_checkout("in_flight").messages_of(cloud, where, good, console)
    with waiting:
        with _progress(len(good)) as progress:
            client, stream = boto3.client("kinesis"), where.names.orders_stream
            producer = Producer(
                client=client, stream=stream, aggregate=aggregate, progress=progress
            )
            taken = producer.put_payloads((_partition_key(row), row.payload) for row in good)
        console.print(f"{taken} of {len(rows)} events put on the stream")
    if len(good) < len(rows):
        raise typer.Exit(1)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal while events are put."""
    columns = (TextColumn("events put"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("events put", total=total)
        yield lambda taken: progress.update(task, completed=taken)


def _fits(row: EventRow) -> bool:
    # The stream refuses the whole call if one of its records is too large.
    return fits(_partition_key(row), row.payload)


def _partition_key(row: EventRow) -> str:
    # An unusable event has no known order; any key will do.
    return row.event.order_id if row.event else row.place
