"""Call the emulator: what is deployed, receipts, and calls to forward. Used by `api`, `receipts` and `server`."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.clients import client_of
from local_cloud.environment import REGIONS
from local_cloud.provider_simulator.forwarding import Forwarding


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTopic:
    """An SNS topic to which a configuration set's events go; `kinds` are the service's names (BOUNCE, TEXT_DELIVERED, …)."""

    arn: str
    kinds: frozenset[str]


class EmulatorClient:
    """Calls the emulator; safe to share by threads."""

    def __init__(self, endpoint: str) -> None:
        self.pass_on = Forwarding(endpoint)
        self._clients = {
            (service, region): client_of(service, endpoint=endpoint, region=region)
            for service in _SERVICES
            for region in REGIONS
        }
        self._known: dict[tuple[str, str, str], tuple[float, Any]] = {}

    def topics_of(self, configuration_set: str, *, region: str) -> list[EventTopic] | None:
        """Return where the events of a configuration set go; None if there is no such set."""
        topics: list[EventTopic] | None
        topics = self._cached("topics", region, configuration_set, self._ask_topics)
        return topics

    def text_topics_of(self, configuration_set: str, *, region: str) -> list[EventTopic] | None:
        """Return where the events of a configuration set of texts go; None if there is no such set."""
        topics: list[EventTopic] | None
        topics = self._cached("text topics", region, configuration_set, self._ask_text_topics)
        return topics

    def is_verified(self, identity: str, *, region: str) -> bool:
        """Whether SES may send from this address or domain."""
        return bool(self._cached("identity", region, identity, self._ask_identity))

    def publish(self, topic_arn: str, messages: Sequence[str], *, region: str) -> list[str]:
        """Publish at most ten messages to a topic; return those that it did not accept."""
        answer = self._clients["sns", region].publish_batch(
            TopicArn=topic_arn,
            PublishBatchRequestEntries=[
                {"Id": str(n), "Message": message, "Subject": _SUBJECT}
                for n, message in enumerate(messages)
            ],
        )
        return [messages[int(failed["Id"])] for failed in answer.get("Failed", ())]

    def log(
        self, group: str, stream: str, lines: Iterable[str], *, at_ms: int, region: str
    ) -> None:
        """Append lines to a log group, which is made if SNS never logged there before."""
        events = [{"timestamp": at_ms, "message": line} for line in lines]
        logs = self._clients["logs", region]
        try:
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
        except logs.exceptions.ResourceNotFoundException:
            _make_stream(logs, group, stream)
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def _cached(self, kind: str, region: str, name: str, ask: Callable[[str, str], Any]) -> Any:  # noqa: ANN401
        until, known = self._known.get((kind, region, name), (0.0, None))
        if known is None or time.monotonic() > until:
            try:
                known = ask(name, region)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _UNKNOWN:
                    raise
                known = None
            self._known[kind, region, name] = (time.monotonic() + _CACHE_SECONDS, known)
        return known

    def _ask_topics(self, configuration_set: str, region: str) -> list[EventTopic]:
        answer = self._clients["sesv2", region].get_configuration_set_event_destinations(
            ConfigurationSetName=configuration_set
        )
        return _topics(answer)

    def _ask_text_topics(self, configuration_set: str, region: str) -> list[EventTopic]:
        answer = self._clients["pinpoint-sms-voice-v2", region].describe_configuration_sets(
            ConfigurationSetNames=[configuration_set]
        )
        (known,) = answer["ConfigurationSets"]
        return _topics(known)

    def _ask_identity(self, identity: str, region: str) -> bool:
        answer = self._clients["sesv2", region].get_email_identity(EmailIdentity=identity)
        return bool(answer.get("VerifiedForSendingStatus"))


def _make_stream(logs: Any, group: str, stream: str) -> None:  # noqa: ANN401
    for make, names in (
        (logs.create_log_group, {"logGroupName": group}),
        (logs.create_log_stream, {"logGroupName": group, "logStreamName": stream}),
    ):
        try:
            make(**names)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise


def _topics(known: dict[str, Any]) -> list[EventTopic]:
    return [
        EventTopic(
            arn=destination["SnsDestination"]["TopicArn"],
            kinds=frozenset(destination["MatchingEventTypes"]),
        )
        for destination in known.get("EventDestinations", ())
        if destination.get("Enabled") and "SnsDestination" in destination
    ]


_SERVICES = ("sesv2", "sns", "pinpoint-sms-voice-v2", "logs")
_UNKNOWN = {"NotFoundException", "ResourceNotFoundException"}
_SUBJECT = "Amazon SES Email Event Notification"
_CACHE_SECONDS = 5.0  # how long an answer about what is deployed may be out of date
