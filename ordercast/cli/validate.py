"""The command `ordercast validate`: say what becomes of order events, without a cloud. Used by shops."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from ordercast.cli.options import AsJson
from ordercast.cli.output.terminal import console, errors_console
from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.operations.customer_files import customer_lines
from ordercast.operations.order_files import read_file, read_texts
from ordercast.operations.stage_file import settings_of
from ordercast.operations.units import count
from ordercast.operations.validation import ValidatedEvent, ValidatedMessage, Validation
from ordercast.people.person import Person
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import default_settings, stage_names
from ordercast.settings.texts import open_countries
from ordercast.usage_error import UsageError


def validate(
    file: Annotated[str, typer.Argument(help="JSON, an array of it, or JSON Lines; - is stdin.")],
    stage: Annotated[
        str | None,
        typer.Option(help="A stage of stages/*.toml. [default: the defaults, for all recipients]"),
    ] = None,
    customers: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Who is on record, as `customers import` reads it."),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(help="As if it were then, in UTC; quiet hours ask. [default: now]"),
    ] = None,
    strict: Annotated[  # noqa: FBT002
        bool, typer.Option("--strict", help="Refuse fields that are not the contract's own.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Say what becomes of each order event, and show its messages; status 1 if any is parked."""
    if file == customers == "-":
        raise UsageError("standard input is one file: events or customers")
    settings = _settings(stage)
    validation = Validation(
        settings,
        now=(at or datetime.now(UTC)).replace(tzinfo=UTC),
        customers=_customers(customers, settings),
        strict=strict,
    )
    texts = read_texts(read_file(file))
    if not texts:
        raise UsageError(f"{'standard input' if file == '-' else file} holds no order event")
    events = [each for place, text in texts for each in validation(text, place=place)]
    if as_json:
        print(json.dumps([each.as_json() for each in events], indent=2, ensure_ascii=False))
    else:
        for each in events:
            console.print(Text(_line(each)))
        taken = sum(each.is_taken for each in events)
        console.print(f"{count(len(events), 'event')}: {taken} taken, {len(events) - taken} parked")
    if not all(each.is_taken for each in events):
        raise typer.Exit(1)


def _settings(stage: str | None) -> StageSettings:
    if stage is None:
        return default_settings()
    if stage_names():
        return settings_of(stage)
    errors_console.print(f"no settings of stage {stage} are here: the defaults are used")
    return default_settings()


def _customers(file: str | None, settings: StageSettings) -> list[Person]:
    if file is None:
        return []
    texts_to = frozenset(open_countries(settings.countries))
    lines = customer_lines(read_file(file), texts_to=texts_to)
    for line in lines:
        for said in filter(None, (line.problem, *line.left_out)):
            errors_console.print(f"{file}: line {line.place}: {said}", markup=False)
    return [line.person for line in lines if line.person]


def _line(each: ValidatedEvent) -> str:
    """Say in one line what becomes of an event: taken with its messages and notes, or parked."""
    if each.event is None:
        return f"{each.place}: parked ({each.reason}): {each.detail}"
    messages = [_message(channel, message) for channel, message in each.channels.items()]
    repeats = ["the same as an earlier event"] if each.repeats else []
    said = "; ".join([*repeats, *messages, *(f"note: {note}" for note in each.notes)])
    return f"{each.place}: order {each.event.order_id} {each.event.status}: {said}"


def _message(channel: Channel, message: ValidatedMessage) -> str:
    return " ".join([CHANNELS[channel].label, *_verdict(message)])


def _verdict(message: ValidatedMessage) -> Iterator[str]:
    to = f"to {message.recipient}"
    if message.verdict is State.SUPPRESSED:
        yield f"not sent ({message.rule})"
    elif message.verdict is State.PARKED:
        yield f"parked ({message.rule}): its template fails"
    elif message.until:
        yield f"{to} at {message.until:%Y-%m-%d %H:%M} UTC ({message.rule})"
    else:
        yield to
    if message.parts:
        yield f"in {count(message.parts.parts, 'part')}"
