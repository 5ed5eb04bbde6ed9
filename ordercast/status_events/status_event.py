"""Make the events that tell shops what became of a message, as CloudEvents 1.0 in JSON.

Used by `workflows.publish_status_events` and, for docs/asyncapi.json, by `operations.asyncapi`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.status_events.public_states import PublicReason, PublicState, public

NotificationId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{44}$")]

Moment = Annotated[datetime, Meta(tz=True)]

TYPE: Literal["ordercast.notification.status.v1"] = "ordercast.notification.status.v1"
"""One type for all states: who keeps the highest version needs them all, and filters by attribute."""


class StatusChange(Struct, frozen=True, kw_only=True):
    """What a change of the ledger says of a notification, as far as shops see it; nothing personal.

    `fallback_id` is that of the notification that was entered in its place, `fallback_for` the one in
    whose place it stands, `resend_of` the one that an operator had sent again. `sequence_number` is the change's place on the stream.
    """

    id: str
    version: int
    state: State
    rule: str | None
    order_id: str
    shop: str | None
    status: str
    channel: Channel
    template: str
    occurred_at: datetime | None
    changed_at: datetime
    fallback_id: str | None
    fallback_for: str | None
    resend_of: str | None
    sequence_number: str


class MessageStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a message. Of several, the one with the highest version holds.

    `status` is the order's, `occurred_at` the event's time; `fallback_id` is the message that was sent
    in place of this one, `fallback_for` the one in whose place this one is, `resend_of` the one that an
    operator had sent again, as this one.
    """

    notification_id: NotificationId
    version: Annotated[int, Meta(ge=1)]
    order_id: str
    status: str
    channel: Channel
    template: str
    state: PublicState
    changed_at: Moment
    reason: PublicReason | None = None
    shop: str | None = None
    occurred_at: Moment | None = None
    fallback_id: NotificationId | None = None
    fallback_for: NotificationId | None = None
    resend_of: NotificationId | None = None


class StatusEvent(Struct, frozen=True, kw_only=True):
    """The body: a CloudEvent in structured mode. Its id is `NOTIFICATION.VERSION`; it may come again."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{44}\.[1-9][0-9]*$")]
    source: Annotated[str, Meta(description="urn:ordercast:stage:STAGE")]
    subject: Annotated[NotificationId, Meta(description="the notification's id")]
    time: Annotated[datetime, Meta(tz=True, description="when the ledger's row changed")]
    specversion: Literal["1.0"]
    type: Literal["ordercast.notification.status.v1"]
    datacontenttype: Literal["application/json"]
    data: MessageStatus


class StatusAttributes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The message attributes, by which subscriptions filter; without a shop there is no such attribute."""

    channel: Channel
    state: PublicState
    shop: str | None = None


def publishable(changes: Iterable[StatusChange]) -> list[StatusChange]:
    """Return the newest change of each notification, but for claims.

    A claim changes no public state and is always followed by another change. All other versions are
    published, also where the public state is the same as before: what an earlier change said may be lost.
    """
    newest: dict[str, StatusChange] = {}
    for change in changes:
        known = newest.get(change.id)
        if change.state is not State.SENDING and (not known or known.version < change.version):
            newest[change.id] = change
    return list(newest.values())


def status_event(change: StatusChange, *, source: str) -> StatusEvent:
    """Return the event of a change: the same change always gives the same event."""
    state, reason = public(change.state, change.rule)
    return StatusEvent(
        id=f"{change.id}.{change.version}",
        source=source,
        subject=change.id,
        time=change.changed_at,
        specversion="1.0",
        type=TYPE,
        datacontenttype="application/json",
        data=MessageStatus(
            notification_id=change.id,
            version=change.version,
            order_id=change.order_id,
            shop=change.shop,
            status=change.status,
            channel=change.channel,
            template=change.template,
            state=state,
            reason=reason,
            occurred_at=change.occurred_at,
            changed_at=change.changed_at,
            fallback_id=change.fallback_id,
            fallback_for=change.fallback_for,
            resend_of=change.resend_of,
        ),
    )


def source_of(stage: str) -> str:
    """Return the source of a stage's events."""
    return f"urn:ordercast:stage:{stage}"
