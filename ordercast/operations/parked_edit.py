"""Correct the payload of a parked record: change it, check it as the relay would, keep it. Used by `ordercast parked edit` and the console."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ordercast.audit import Verb
from ordercast.decisions.inbound_event import CONFLICT, InboundEvent, read_inbound_event
from ordercast.decisions.lookup import LookUp, LookupKeys
from ordercast.errors import MalformedOrderEvent
from ordercast.events.documents import document_in
from ordercast.events.envelope import open_envelope
from ordercast.events.parse import order_event_of
from ordercast.events.reading.unknown_fields import unknown_fields
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.operations.acts import audited
from ordercast.operations.caller import caller_on
from ordercast.operations.parked_sources import SelectedItems
from ordercast.operations.target import Target
from ordercast.parked.item import ParkedItem
from ordercast.parked.payload_edit import EditNote
from ordercast.settings.stage import StageSettings
from ordercast.usage_error import UsageError
from ordercast.wiring.relay import policy_of
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords

PROBLEMS_MAX = 12
"""How many problems of one event are looked for."""

_EDITED = "edited"  # in place of a sequence number: the stream gives one when it is put


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPayload:
    """What the relay would make of a payload, in lines without a value.

    With any of the `problems` it would be parked again, each names its field; `notes` say what it would
    leave out, read otherwise, or not know; `known` what was decided already about the same event.
    """

    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    known: Sequence[str] = ()


def checked(payload: bytes, settings: StageSettings, look_up: LookUp) -> CheckedPayload:
    """Read *payload* as the relay will, and look for decisions about the same event. Raises `LedgerUnavailable`."""
    record = StreamRecord(
        sequence_number=_EDITED, partition_key=None, arrived_at=None, payload=payload
    )
    problems: list[str] = []
    notes: list[str] = []
    events: list[InboundEvent] = []
    for part in open_envelope(record):
        read = (
            read_inbound_event(
                part, default_currency=settings.default_currency, policy=policy_of(settings)
            )
            if isinstance(part, StreamRecord)
            else part
        )
        if isinstance(read, InboundEvent):
            events.append(read)
            unknown = unknown_fields(document_in(read.record.payload))
            notes += map(str, (*read.event.notes, *unknown))
        else:
            problems += _problems(read, settings) or [read.detail or read.reason]
            notes += _unknown(read)
    conflicts, known = _decided(events, look_up)
    return CheckedPayload(
        problems=[*problems, *conflicts], notes=list(dict.fromkeys(notes)), known=known
    )


def _problems(parked: ParkedRecord, settings: StageSettings) -> list[str]:
    """Return every problem of an event that cannot be read: the reader itself stops at the first."""
    try:
        document = dict(document_in(parked.record.payload))
    except MalformedOrderEvent:
        return []
    found: dict[str, str] = {}
    for _ in range(PROBLEMS_MAX):
        try:
            order_event_of(document, default_currency=settings.default_currency)
        except MalformedOrderEvent as error:
            field = str(error).partition(":")[0]
            if field in found:
                break  # what stands in for it is no help
            found[field] = str(error)
            # Something else takes the place of what the reader stops at.
            is_there = document.pop(field, None) is not None
            if field in _STAND_INS or not is_there:
                document[field if field in _STAND_INS else "customer_id"] = "1"
        else:
            break
    return [*found.values()]


_STAND_INS = {"order_id", "customer_id"}


def _unknown(parked: ParkedRecord) -> list[str]:
    """Return the fields that the contract does not name; one may be what is missing, misspelt."""
    try:
        return [*map(str, unknown_fields(document_in(parked.record.payload)))]
    except MalformedOrderEvent:
        return []


def _decided(events: Sequence[InboundEvent], look_up: LookUp) -> tuple[list[str], list[str]]:
    """Return the decisions that the events contradict, and those that they would only repeat."""
    keys = frozenset(each.key for each in events)
    decisions = look_up(LookupKeys(decisions=keys)).decisions if keys else {}
    conflicts, known = [], []
    for each in events:
        decision = decisions.get(each.key)
        if decision is None:
            continue
        at = f"{decision.accepted_at:%Y-%m-%d %H:%M} UTC"
        if each.conflicts_with(decision):
            conflicts.append(f"{each.parked().detail}, and was decided at {at} ({CONFLICT})")
        else:
            known.append(f"the same event was decided at {at}: redriving it sends nothing new")
    return conflicts, known


def with_fields(payload: bytes, changes: Sequence[str]) -> bytes:
    """Return the JSON object in *payload* with each `FIELD=VALUE` set; `contact.email` is a field in a field.

    A value is JSON where it can be read so, else text. Raises `UsageError`, without a value of the payload.
    """
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise UsageError("--set: the payload is no JSON object", hint="give all of it by --file")
    for change in changes:
        path, equals, value = change.partition("=")
        if not equals or not all(path.split(".")):
            raise UsageError(f"--set: {path} is no FIELD=VALUE", hint="such as order_id=1000017")
        *above, name = path.split(".")
        inner = document
        for each in above:
            inner = inner.setdefault(each, {})
            if not isinstance(inner, dict):
                raise UsageError(f"--set: {each} in {path} is no object")
        inner[name] = _value(value)
    return json.dumps(document, ensure_ascii=False).encode()


def _value(written: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written


def for_the_editor(payload: bytes) -> str:
    """Return *payload* as it can be read: JSON indented. Raises `UsageError` where it is no text."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        hint = "show --payload writes its bytes, --file takes them"
        raise UsageError("its payload is no text", hint=hint) from None
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def changed_fields(first: bytes, second: bytes) -> list[str]:
    """Name the fields that differ; nothing where either is no JSON object."""
    try:
        before, after = json.loads(first), json.loads(second)
    except (ValueError, RecursionError):
        return []
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return []
    return sorted(_differing(before, after, ""))


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differing(old, new, f"{path}{name}.")
        elif old != new or (name in before) != (name in after):
            yield f"{path}{name}"


def editable(
    found: Sequence[SelectedItems], written: str
) -> tuple[ParkedStreamRecords, ParkedItem]:
    """Return the one record that was found, and its source. Raises `UsageError` where it is another thing."""
    if not written:  # every id begins with the empty text
        raise UsageError("which of them?")
    items = [(one.source, each) for one in found for each in one.items]
    if len(items) != 1:
        raise UsageError(f"{written} names {len(items)} parked items, not one")
    ((source, item),) = items
    if not isinstance(source, ParkedStreamRecords):
        raise UsageError(
            f"a {item.kind} has no payload to correct", hint="only a record has: --kind record"
        )
    return source, item


def keep(
    where: Target,
    source: ParkedStreamRecords,
    item: ParkedItem,
    payload: bytes,
    *,
    reason: str,
    now: datetime,
) -> str:
    """Keep *payload* beside the one that was parked, and in the audit trail that; return what was done.

    May be killed and repeated: what is kept already is not kept again.
    """
    with audited(where, Verb.EDIT, item.id, reason=reason) as act:
        changed = changed_fields(source.payload(item), payload)
        note = EditNote(by=caller_on(where), at=now, reason=reason)
        if source.edit(item, payload, note):
            fields = f": {', '.join(changed)}" if changed else ""
            act.outcome = f"a corrected payload is kept{fields}"
        else:
            act.outcome = "it is kept already"
    return act.outcome
