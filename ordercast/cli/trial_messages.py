"""Send the operator a text and an e-mail through the whole stage, and print each step. Used by `ordercast doctor`."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import boto3

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.operations.doctor.following import ARRIVED, TrialStep, event_to_both, followed
from ordercast.operations.target import LOCAL_STAGE, Target
from ordercast.operations.units import length
from ordercast.producer import Producer
from ordercast.queries.state_words import MEANINGS
from ordercast.usage_error import UsageError

MADE_UP = ("ada@example.com", "+12065550100")
"""Who gets them on a local cloud."""


def send_test(
    where: Target, *, email: str | None, phone: str | None, say: Callable[[str], None]
) -> dict[Channel, TrialStep]:
    """Put an order event and follow it; return how far each message came. Raises `UsageError`."""
    email, phone = _addresses(where, email, phone)
    began = datetime.now(UTC)
    event = event_to_both(email=email, phone=phone, at=began)
    payload = json.dumps(event).encode()
    producer = Producer(client=boto3.client("kinesis"), stream=where.names.orders_stream)
    producer.put_payloads([(event["order_id"], payload)])
    say(f"order {event['order_id']} is put on the stream")
    last: dict[Channel, TrialStep] = {}
    for step in followed(where.ledger(), event["order_id"], now=_now, pause=time.sleep):
        last[step.channel] = step
        say(f"{length(_now() - began):>8}  {_words(step)}")
    for channel in Channel:
        if channel not in last or last[channel].state not in ARRIVED:
            say(_advice(channel, last.get(channel), event["order_id"], where.stage))
    return last


def has_arrived(last: dict[Channel, TrialStep]) -> bool:
    """Tell whether both messages came to a phone and a mailbox, or to their carriers."""
    return all(channel in last and last[channel].state in ARRIVED for channel in Channel)


def _addresses(where: Target, email: str | None, phone: str | None) -> tuple[str, str]:
    made_up = MADE_UP if where.stage == LOCAL_STAGE else (None, None)
    email = email or where.settings.alarms.email or made_up[0]
    phone = phone or where.settings.sms_heartbeat_number or made_up[1]
    if not email or not phone:
        missing = "--phone" if email else "--email"
        raise UsageError(f"{missing}: whom shall the test be sent to?", hint="an address of yours")
    return email, phone


def _words(step: TrialStep) -> str:
    why = f" ({step.why})" if step.why else ""
    return f"{CHANNELS[step.channel].messages}: {step.state}{why}, {MEANINGS[step.state]}"


def _advice(channel: Channel, step: TrialStep | None, order_id: str, stage: str) -> str:
    """Say what to look at where a message did not arrive in time."""
    of_stage = "" if stage == LOCAL_STAGE else f" --stage {stage}"
    messages = CHANNELS[channel].messages
    if step is None:
        return f"{messages}: nothing was decided in time; look at: ordercast parked list{of_stage}"
    if step.why == "not-allowed":
        return f"{messages}: add the recipient to allowed_recipients of the stage"
    if step.why.startswith("unopened:"):
        return f"{messages}: the channel is not opened yet"
    return f"{messages}: no receipt in time; look at: ordercast status {order_id}{of_stage}"


def _now() -> datetime:
    return datetime.now(UTC)
