"""The commands `ordercast customers promotions` and `unsubscribe`: who gets promotional messages. Used by operators."""

from collections.abc import Mapping
from typing import Annotated

import typer
from msgspec.structs import replace

from ordercast.audit import Verb
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import customer_key, is_notification_id
from ordercast.events.order_event import Channel
from ordercast.operations.acts import audited
from ordercast.operations.customer_files import OPTED_OUT
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.people.person import AGREED, Person
from ordercast.receipts.provider_events import SuppressionReason
from ordercast.usage_error import UsageError


def set_promotions(
    customer: Annotated[str, typer.Argument(help="The customer_id of its events.")],
    opt_out: Annotated[
        list[Channel] | None,
        typer.Option(help="No promotional messages on this channel; transactional ones still go."),
    ] = None,
    opt_in: Annotated[
        list[Channel] | None,
        typer.Option(help="The customer agreed to promotional messages on this channel."),
    ] = None,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Record what a customer said to promotional messages; without an option, show it."""
    agreed, refused = dict.fromkeys(opt_in or (), AGREED), dict.fromkeys(opt_out or (), OPTED_OUT)
    if agreed.keys() & refused.keys():
        raise UsageError("one channel cannot be opted in to and out of at once")
    where = target(stage, cloud)
    key = customer_key(shop=shop, customer_id=customer)
    if agreed or refused:
        _record(where, customer, shop, agreed | refused)
    said = where.people().get({key}).get(key, Person(key=key)).promotions
    listed = ", ".join(f"{channel} ({answer})" for channel, answer in sorted(said.items()))
    console.print(f"promotional messages: {listed or 'nothing was said'}", markup=False)


def unsubscribe(
    notification: Annotated[
        str, typer.Argument(help="The id in the link, or in the subject of the e-mail.")
    ],
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """End promotional messages to a customer, on the channel of the message that they had."""
    if not is_notification_id(notification):
        raise UsageError("NOTIFICATION: not the id of a notification")
    here = target(stage, cloud)
    wanted = LookupKeys(notifications=frozenset({notification}))
    row = here.ledger().look_up(wanted).notifications.get(notification)
    if row is None or row.customer_id is None:
        hint = "with its customer's id: ordercast customers promotions ID --opt-out CHANNEL"
        raise UsageError("no notification of a customer has that id by now", hint=hint)
    customer_id, shop, channel = row.customer_id, row.order.shop, row.channel
    _record(here, customer_id, shop, {channel: SuppressionReason.UNSUBSCRIBED})
    said = f"customer {customer_id} gets no more promotional messages by {channel}"
    console.print(said, markup=False, soft_wrap=True)


def _record(
    where: Target, customer_id: str, shop: str | None, answers: Mapping[Channel, str]
) -> None:
    def answered(known: Person) -> Person:
        promotions = {**known.promotions, **answers}
        return replace(known, customer_id=customer_id, shop=shop, promotions=promotions)

    key = customer_key(shop=shop, customer_id=customer_id)
    with audited(where, Verb.SET, key) as doing:
        where.people().change({key}, answered)
        doing.outcome = (
            f"promotional messages: {', '.join(f'{c} {said}' for c, said in answers.items())}"
        )
