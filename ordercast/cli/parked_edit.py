"""The command `ordercast parked edit`: correct the payload of a parked record, and keep both versions. Used by operators."""

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ordercast.audit import Verb
from ordercast.cli.editor import edited
from ordercast.cli.options import AsJson, CloudName, Really, Stage
from ordercast.cli.output.terminal import console, errors_console
from ordercast.cli.parked import WhyDone
from ordercast.events.envelope import EVENT_LIMIT
from ordercast.operations.acts import audited
from ordercast.operations.parked_edit import (
    CheckedPayload,
    checked,
    editable,
    for_the_editor,
    keep,
    with_fields,
)
from ordercast.operations.parked_sources import parked_sources
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.parked.item import ParkedItem, Selection
from ordercast.parked.short_ids import short_ids
from ordercast.usage_error import UsageError
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords

ROUNDS = 10
"""How often the editor is opened again for what would be parked again."""


def edit(  # noqa: PLR0913, PLR0917 - each is an option of the command
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="As `list` shows it, short or whole; a record.")
    ],
    file: Annotated[
        Path | None, typer.Option(help="The corrected payload; - is stdin. [default: $EDITOR]")
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Option("--set", help="FIELD=VALUE, such as contact.email=…; may be repeated."),
    ] = None,
    force: Annotated[  # noqa: FBT002
        bool, typer.Option("--force", help="Keep what would be parked again, too.")
    ] = False,
    note: WhyDone = "",
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Correct the payload of a parked record; `redrive` then puts that. The first one stays."""
    if file and fields:
        raise UsageError("--file or --set, not both")
    on = target(stage, cloud)
    with closing(parked_sources(on)) as where:
        source, item = editable(where.find(Selection(ids=[id_])), id_)
        by_hand = not (file or fields)
        if by_hand:
            payload, found = _by_hand(on, source, item, force=force)
        else:
            payload = _read(file) if file else with_fields(source.payload(item), fields or ())
            found = checked(payload, on.settings, on.ledger().look_up)
            _show(found)
        if found.problems and not force:
            _print(item, found, None, as_json=as_json)
            raise UsageError(
                "nothing was kept: it would be parked again", hint="--force keeps it all the same"
            )
        really = yes or (by_hand and typer.confirm("Keep it?", err=True))
        said = keep(on, source, item, payload, reason=note, now=_now()) if really else None
    _print(item, found, said, as_json=as_json)


def _by_hand(
    on: Target, source: ParkedStreamRecords, item: ParkedItem, *, force: bool
) -> tuple[bytes, CheckedPayload]:
    """Open the editor until the payload would be taken, or the operator has enough."""
    first = text = for_the_editor(source.payload(item))
    with audited(on, Verb.SHOW, item.id) as doing:
        doing.outcome = "its payload was opened in an editor"
    for _ in range(ROUNDS):
        text = edited(text, name="payload.json")
        if text == first:
            break
        payload = text.encode()
        found = checked(payload, on.settings, on.ledger().look_up)
        _show(found)
        if not found.problems or force or not typer.confirm("Edit it again?", err=True):
            return payload, found
    raise UsageError("nothing was changed in the editor")


def _read(file: Path) -> bytes:
    content = sys.stdin.buffer.read(EVENT_LIMIT + 1) if str(file) == "-" else file.read_bytes()
    if len(content) > EVENT_LIMIT:
        raise UsageError(f"--file: a payload has at most {EVENT_LIMIT:,} bytes")
    return content


def _show(found: CheckedPayload) -> None:
    """Print a line for each problem and note, where they disturb no document."""
    for style, named, lines in (
        ("bold red", "✗", found.problems),
        ("yellow", "note", found.notes),
        ("yellow", "known", found.known),
    ):
        for line in lines:
            errors_console.print(Text(f"{named} ", style=style).append(line, style="default"))


def _print(item: ParkedItem, found: CheckedPayload, said: str | None, *, as_json: bool) -> None:
    short = short_ids([item.id])[item.id]
    if as_json:
        document = {
            "id": item.id,
            "short": short,
            "problems": [*found.problems],
            "notes": [*found.notes],
            "known": [*found.known],
            "kept": said is not None,
            "outcome": said,
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
    elif said:
        console.print(Text(f"{item.id}: {said}. Then: ordercast parked redrive {short}"))
    elif not found.problems:
        console.print("The relay would take it. Nothing was changed; --yes keeps it.")


def _now() -> datetime:
    return datetime.now(UTC)
