"""Run the provider simulator before an emulator in memory; make e-mails and texts to send. Used by its tests."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import EndpointConnectionError

from local_cloud.inbox import Inbox
from local_cloud.provider_simulator.api import ProviderApi
from local_cloud.provider_simulator.charges import ChargesFile
from local_cloud.provider_simulator.emulator_client import EventTopic
from local_cloud.provider_simulator.receipts import ReceiptDelivery

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:000000000000:EmailEvents"
GROUP = "sns/us-east-1/000000000000/DirectPublishToPhoneNumber"


class Cloud:
    """The emulator, as far as the simulator calls it; `down` calls fail before one succeeds."""

    def __init__(self) -> None:
        self.down = 0
        self.topics = [
            EventTopic(arn=TOPIC, kinds=frozenset({"SEND", "DELIVERY", "BOUNCE", "COMPLAINT"}))
        ]
        self.text_topics = [
            EventTopic(arn=TOPIC, kinds=frozenset({"TEXT_SUCCESSFUL", "TEXT_DELIVERED"}))
        ]
        self.refuse: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.logged: list[tuple[str, list[dict[str, Any]]]] = []
        self.publishes = 0
        self.asked_in: set[str] = set()

    def topics_of(self, configuration_set: str, *, region: str) -> list[EventTopic] | None:
        self.asked_in.add(region)
        return self.topics if configuration_set == "local" else None

    def text_topics_of(self, configuration_set: str, *, region: str) -> list[EventTopic] | None:
        self.asked_in.add(region)
        known = {"texts": self.text_topics}
        return known.get(configuration_set)

    def is_verified(self, identity: str, *, region: str) -> bool:
        self.asked_in.add(region)
        return identity == "example.com"

    def publish(self, topic_arn: str, messages: list[str], *, region: str) -> list[str]:
        self.asked_in.add(region)
        self._reach()
        assert TOPIC == topic_arn
        assert len(messages) <= 10
        self.publishes += 1
        events = [json.loads(message) for message in messages]
        refused = [
            m for m, e in zip(messages, events, strict=True) if e["eventType"] in self.refuse
        ]
        self.refuse = set()
        self.events += [e for m, e in zip(messages, events, strict=True) if m not in refused]
        return refused

    def log(self, group: str, stream: str, lines: list[str], *, at_ms: int, region: str) -> None:
        self.asked_in.add(region)
        self._reach()
        assert (stream, at_ms) == ("stream", int(self.clock.time.timestamp() * 1000))  # type: ignore[attr-defined]  # the test's own clock and emulator
        self.logged.append((group, [json.loads(line) for line in lines]))

    def _reach(self) -> None:
        if self.down:
            self.down -= 1
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


class Clock:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


class OfflineSimulator:
    def __init__(self, folder: Path) -> None:
        self.cloud, self.now, self.folder = Cloud(), Clock(), folder
        self.cloud.clock = self.now  # type: ignore[attr-defined]  # the test's own clock and emulator
        self.notes: list[tuple[str, dict[str, Any]]] = []
        ids = iter(f"id-{n}" for n in range(1000))
        self.receipts = ReceiptDelivery(
            self.cloud, now=self.now, log=self._note, log_stream="stream"
        )
        self.api = ProviderApi(
            inbox=Inbox(folder),
            charges=ChargesFile(folder),
            receipts=self.receipts,
            emulator=self.cloud,  # type: ignore[arg-type]  # the test's own clock and emulator
            delay=timedelta(seconds=2),
            now=self.now,
            new_id=lambda: next(ids),
            log=self._note,
        )

    def after(self, seconds: float) -> None:
        self.now.time = NOON + timedelta(seconds=seconds)
        self.receipts.deliver_due()

    def kinds(self) -> list[tuple[str, str | None]]:
        return [
            (e["eventType"], e.get("bounce", {}).get("bounceSubType")) for e in self.cloud.events
        ]

    def _note(self, slug: str, **fields: Any) -> None:
        self.notes.append((slug, fields))


def an_email(**changes: Any) -> bytes:
    return json.dumps(
        {
            "FromEmailAddress": "Shop <orders@example.com>",
            "Destination": {"ToAddresses": ["ann@example.org"]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Order o-1"},
                    "Body": {"Text": {"Data": "text"}, "Html": {"Data": "<p>html</p>"}},
                    "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://example.com/u>"}],
                }
            },
            "EmailTags": [{"Name": "notification_id", "Value": "n_1-a"}],
            "ConfigurationSetName": "local",
        }
        | changes
    ).encode()


def to(address: str) -> dict[str, Any]:
    return {"Destination": {"ToAddresses": [address]}}


def an_sms(number: str = "+12065550100", text: str = "hello", **attributes: str) -> dict[str, str]:
    parameters = {"PhoneNumber": number, "Message": text}
    for n, (name, value) in enumerate(attributes.items(), start=1):
        entry = f"MessageAttributes.entry.{n}"
        parameters[f"{entry}.Name"] = f"AWS.SNS.SMS.{name}"
        parameters[f"{entry}.Value.DataType"] = "String"
        parameters[f"{entry}.Value.StringValue"] = value
    return parameters


def shape(value: Any) -> Any:
    """Names and types of a document, whatever its values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return float if isinstance(value, (int, float)) else type(value)
