"""Say what becomes of order events, without a cloud. Used by `ordercast validate` and shops' tests.

It is the relay itself, on ports in memory, and the templates as a sender renders them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

import msgspec

from ordercast.decisions.decision import Decision, Verdict
from ordercast.decisions.inbound_event import InboundEvent, read_inbound_event
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.address_secret import use_address_secret
from ordercast.events.documents import document_in
from ordercast.events.envelope import open_envelope
from ordercast.events.identity import notification_id
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.events.reading.unknown_fields import unknown_fields
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.dry_run import DryRun
from ordercast.people.person import Person
from ordercast.settings.stage import StageSettings
from ordercast.templates.rendering import words
from ordercast.templates.sms_text import Parts, parts
from ordercast.wiring.relay import policy_of

TAKEN, PARKED = "taken", "parked"
UNKNOWN_FIELD = "unknown-field"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedMessage:
    """What one channel would get: the relay's verdict, and the words unless it is suppressed.

    `parts` are those of a text message; `until` is when a deferred one is due.
    """

    verdict: State
    rule: str | None = None
    until: datetime | None = None
    recipient: str | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    parts: Parts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedEvent:
    """One event of the input, in its order: `taken`, or `parked` with a reason and what is wrong.

    `repeats` says that an earlier event of the input is the same.
    """

    place: str
    outcome: str
    reason: str | None = None
    detail: str | None = None
    event: OrderEvent | None = None
    notes: tuple[Note, ...] = ()
    repeats: bool = False
    channels: Mapping[Channel, ValidatedMessage] = field(default_factory=dict)

    @property
    def is_taken(self) -> bool:
        """Whether the relay would take it."""
        return self.outcome == TAKEN

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values; what is not there is null."""
        found: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        (found["event"] or {}).pop("notes", None)  # they are beside it
        return found


class Validation:
    """Validates events one after the other, each with what those before it have left behind."""

    def __init__(
        self,
        settings: StageSettings,
        *,
        now: datetime,
        customers: Iterable[Person] = (),
        strict: bool = False,
    ) -> None:
        people = {each.key: each for each in customers}
        # It is about no stage and stores nothing, so any secret will do.
        secret = token_urlsafe()
        use_address_secret(lambda: secret)
        self._settings, self._now, self._strict = settings, now, strict
        self._policy = policy_of(settings)
        self._relay = DryRun(
            look_up_people=lambda keys: _known(people, keys),
            policy=self._policy,
            default_currency=settings.default_currency,
        )
        self._count = 0

    def __call__(self, payload: bytes, *, place: str) -> list[ValidatedEvent]:
        """Return what becomes of each event in a record's bytes."""
        self._count += 1
        record = StreamRecord(
            sequence_number=str(self._count),
            partition_key=None,
            arrived_at=None,
            payload=payload,
        )
        return [self._validated(each, place) for each in open_envelope(record)]

    def _validated(self, record: StreamRecord | ParkedRecord, place: str) -> ValidatedEvent:
        if isinstance(record, ParkedRecord):
            return _parked(place, record)
        known = len(self._relay.parked)
        read = read_inbound_event(
            record, default_currency=self._settings.default_currency, policy=self._policy
        )
        if isinstance(read, ParkedRecord):
            return _parked(place, read)
        if self._strict and (unknown := unknown_fields(document_in(record.payload))):
            said = "; ".join(str(each) for each in unknown)
            return ValidatedEvent(place=place, outcome=PARKED, reason=UNKNOWN_FIELD, detail=said)
        self._relay.relay([record], now=self._now)
        if len(self._relay.parked) > known:
            return _parked(place, self._relay.parked[-1])
        return self._taken(read, self._relay.decisions[read.key], place)

    def _taken(self, read: InboundEvent, decision: Decision, place: str) -> ValidatedEvent:
        return ValidatedEvent(
            place=place,
            outcome=TAKEN,
            event=read.event,
            notes=read.event.notes,
            repeats=not read.is_first_of(decision),
            channels={
                channel: _message(
                    verdict, channel, self._relay.rows.get(notification_id(read.event, channel))
                )
                for channel, verdict in decision.verdicts.items()
            },
        )


def _known(people: Mapping[str, Person], keys: LookupKeys) -> LookupResult:
    return LookupResult(people={key: people[key] for key in keys.people if key in people})


def _parked(place: str, parked: ParkedRecord) -> ValidatedEvent:
    return ValidatedEvent(place=place, outcome=PARKED, reason=parked.reason, detail=parked.detail)


def _message(verdict: Verdict, channel: Channel, row: Notification | None) -> ValidatedMessage:
    """Return the message; one whose template fails is parked, as its sender would park it."""
    known = ValidatedMessage(
        verdict=verdict.state,
        rule=verdict.rule,
        until=verdict.until,
        recipient=row.recipient if row else None,
    )
    if row is None or verdict.state is State.SUPPRESSED:
        return known
    try:
        said = words(row)
    except Exception as error:  # noqa: BLE001 - a template's author may have written anything
        return replace(known, verdict=State.PARKED, rule=f"bug:{type(error).__name__}", until=None)
    return replace(
        known,
        subject=said.subject,
        text=said.text,
        html=said.html,
        parts=None if CHANNELS[channel].has_subject else parts(said.text),
    )
