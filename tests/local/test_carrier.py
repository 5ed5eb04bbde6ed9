"""What the carrier takes, refuses and says became of it; without a network."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.carrier.bills import Bills
from local.carrier.desk import Desk
from local.carrier.receipts import EmailReceipt, Receipts, SmsReceipt
from local.carrier.refusal import Refused
from local.carrier.text_message import TextMessage
from local.carrier.upstream import EventTopic
from local.inbox import Inbox, read_inbox

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECORDINGS = Path(__file__).parents[1] / "recordings/aws"
TOPIC = "arn:aws:sns:us-east-1:000000000000:EmailEvents"


class Cloud:
    """The local cloud, as far as the carrier asks it; `down` calls fail before one goes through."""

    def __init__(self) -> None:
        self.down = 0
        self.topics = [
            EventTopic(arn=TOPIC, kinds=frozenset({"SEND", "DELIVERY", "BOUNCE", "COMPLAINT"}))
        ]
        self.refuse: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.logged: list[tuple[str, list[dict[str, Any]]]] = []
        self.publishes = 0

    def topics_of(self, configuration_set: str) -> list[EventTopic] | None:
        return self.topics if configuration_set == "local" else None

    def is_verified(self, identity: str) -> bool:
        return identity == "example.com"

    def publish(self, topic_arn: str, messages: list[str]) -> list[str]:
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

    def log(self, group: str, stream: str, lines: list[str], *, at_ms: int) -> None:
        self._reach()
        assert (stream, at_ms) == ("stream", int(self.clock.time.timestamp() * 1000))
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


class Carrier:
    def __init__(self, folder: Path) -> None:
        self.cloud, self.now, self.folder = Cloud(), Clock(), folder
        self.cloud.clock = self.now
        self.notes: list[tuple[str, dict[str, Any]]] = []
        ids = iter(f"id-{n}" for n in range(1000))
        self.receipts = Receipts(self.cloud, now=self.now, journal=self._note, log_stream="stream")
        self.desk = Desk(
            inbox=Inbox(folder),
            bills=Bills(folder),
            receipts=self.receipts,
            upstream=self.cloud,
            region="us-east-1",
            account="000000000000",
            delay=timedelta(seconds=2),
            now=self.now,
            new_id=lambda: next(ids),
            journal=self._note,
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


@pytest.fixture
def carrier(tmp_path: Path) -> Carrier:
    return Carrier(tmp_path)


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


def recording(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


# --- e-mail


def test_an_email_is_kept_with_all_that_was_sent(carrier):
    message_id = carrier.desk.take_email(an_email())

    (kept,) = read_inbox(carrier.folder)
    assert ("email", message_id, "ann@example.org") == (kept.channel, kept.message_id, kept.to)
    assert ("Order o-1", "text", "<p>html</p>") == (kept.subject, kept.text, kept.html)
    assert {"notification_id": "n_1-a"} == kept.tags
    assert "local" == kept.configuration_set
    assert {"List-Unsubscribe": "<https://example.com/u>"} == kept.attributes
    assert NOON == kept.at


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"FromEmailAddress": ""}, "BadRequestException"),
        ({"FromEmailAddress": "orders@elsewhere.example"}, "MessageRejected"),
        ({"Destination": {}}, "BadRequestException"),
        (to("nobody"), "BadRequestException"),
        (to("änn@example.org"), "BadRequestException"),
        ({"Destination": {"ToAddresses": ["a@example.org"] * 51}}, "BadRequestException"),
        ({"Content": {"Raw": {"Data": "eA=="}}}, "BadRequestException"),
        ({"Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {}}}}, "BadRequestException"),
        ({"EmailTags": [{"Name": "a", "Value": "order#1"}]}, "BadRequestException"),
        ({"EmailTags": [{"Name": "a:b", "Value": "1"}]}, "BadRequestException"),
        ({"EmailTags": [{"Name": "a", "Value": "x" * 257}]}, "BadRequestException"),
        ({"ConfigurationSetName": "unknown"}, "NotFoundException"),
    ],
)
def test_what_ses_would_refuse_is_refused_and_not_kept(carrier, changes, code):
    with pytest.raises(Refused) as refused:
        carrier.desk.take_email(an_email(**changes))

    assert code == refused.value.code
    assert [] == read_inbox(carrier.folder)


def test_a_tag_of_256_characters_is_taken(carrier):
    carrier.desk.take_email(an_email(EmailTags=[{"Name": "a", "Value": "x" * 256}]))

    assert 1 == len(read_inbox(carrier.folder))


def test_receipts_come_when_the_delay_has_passed_and_not_before(carrier):
    carrier.desk.take_email(an_email())

    carrier.after(1.9)
    assert [] == carrier.kinds()
    carrier.after(2)
    assert [("Send", None), ("Delivery", None)] == carrier.kinds()


@pytest.mark.parametrize(
    ("local_part", "kinds"),
    [
        ("success", [("Delivery", None)]),
        ("bounce", [("Bounce", "General")]),
        ("bounce+order-7", [("Bounce", "General")]),
        ("complaint", [("Delivery", None), ("Complaint", None)]),
        ("ooto", [("Delivery", None), ("Bounce", "General")]),
        ("suppressionlist", [("Bounce", "OnAccountSuppressionList")]),
    ],
)
def test_the_mailbox_simulators_addresses_decide_the_receipts(carrier, local_part, kinds):
    carrier.desk.take_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    carrier.after(2)
    carrier.after(4)

    assert [("Send", None), *kinds] == carrier.kinds()


def test_the_simulators_names_mean_nothing_in_another_domain(carrier):
    carrier.desk.take_email(an_email(**to("bounce@example.org")))
    carrier.after(4)

    assert [("Send", None), ("Delivery", None)] == carrier.kinds()


def test_an_out_of_office_reply_is_a_transient_bounce_and_an_unknown_user_a_permanent_one(carrier):
    carrier.desk.take_email(an_email(**to("ooto@simulator.amazonses.com")))
    carrier.desk.take_email(an_email(**to("bounce@simulator.amazonses.com")))
    carrier.after(4)

    bounces = {
        e["mail"]["destination"][0].partition("@")[0]: e["bounce"]["bounceType"]
        for e in carrier.cloud.events
        if "bounce" in e
    }
    assert {"ooto": "Transient", "bounce": "Permanent"} == bounces


def test_events_carry_the_message_id_and_the_tags_as_lists(carrier):
    message_id = carrier.desk.take_email(an_email())
    carrier.after(2)

    for event in carrier.cloud.events:
        assert message_id == event["mail"]["messageId"]
        assert ["n_1-a"] == event["mail"]["tags"]["notification_id"]
        assert ["local"] == event["mail"]["tags"]["ses:configuration-set"]


@pytest.mark.parametrize(
    ("local_part", "name"),
    [
        ("success", "ses_event_delivery"),
        ("bounce", "ses_event_bounce"),
        ("suppressionlist", "ses_event_bounce_suppressed"),
        ("complaint", "ses_event_complaint"),
    ],
)
def test_events_have_the_shape_of_those_from_aws(carrier, local_part, name):
    carrier.desk.take_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    carrier.after(4)

    ours, theirs = shape(carrier.cloud.events[-1]), shape(recording(name))
    for document in (ours, theirs):
        document["mail"]["tags"] = shape({"tag": ["value"]})  # tags are each sender's own
    assert theirs == ours


def test_a_send_event_has_the_shape_of_those_from_aws(carrier):
    carrier.desk.take_email(an_email())
    carrier.after(2)

    assert shape(recording("ses_event_send")).keys() == shape(carrier.cloud.events[0]).keys()
    assert {} == carrier.cloud.events[0]["send"]


def test_without_a_configuration_set_there_are_no_events(carrier):
    carrier.desk.take_email(an_email(ConfigurationSetName=None))
    carrier.after(9)

    assert [] == carrier.kinds()
    assert 1 == len(read_inbox(carrier.folder))


def test_only_the_event_types_a_destination_asks_for_are_published(carrier):
    carrier.cloud.topics = [EventTopic(arn=TOPIC, kinds=frozenset({"BOUNCE"}))]
    carrier.desk.take_email(an_email())
    carrier.desk.take_email(an_email(**to("bounce@simulator.amazonses.com")))
    carrier.after(2)

    assert [("Bounce", "General")] == carrier.kinds()


# --- text messages


def test_a_text_message_is_kept_with_its_attributes(carrier):
    message_id = carrier.desk.take_text_message(an_sms(SMSType="Transactional", SenderID="MYSHOP"))

    (kept,) = read_inbox(carrier.folder)
    assert ("sms", message_id, "+12065550100") == (kept.channel, kept.message_id, kept.to)
    assert ("hello", "MYSHOP") == (kept.text, kept.sender)
    assert {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": "MYSHOP"} == (
        kept.attributes
    )


@pytest.mark.parametrize(
    "parameters",
    [
        an_sms(number="2065550100"),
        an_sms(number="+0123456789"),
        an_sms(number="+1234567890123456"),
        an_sms(text=""),
        an_sms(text="x" * 1601),
        an_sms(SMSType="Urgent"),
        an_sms(SenderID="12345"),
        an_sms(SenderID="ALongSenderId"),
        an_sms(MaxPrice="a lot"),
        an_sms(MaxPrice="NaN"),
    ],
)
def test_what_sns_would_refuse_is_refused_and_not_kept(carrier, parameters):
    with pytest.raises(Refused) as refused:
        carrier.desk.take_text_message(parameters)

    assert "InvalidParameter" == refused.value.code
    assert [] == read_inbox(carrier.folder)


def test_a_refusal_does_not_repeat_the_number(carrier):
    with pytest.raises(Refused) as refused:
        carrier.desk.take_text_message(an_sms(number="20655501"))

    assert "20655501" not in refused.value.message


GROUP = "sns/us-east-1/000000000000/DirectPublishToPhoneNumber"


@pytest.mark.parametrize(
    ("number", "group", "status", "response"),
    [
        ("+12065550100", GROUP, "SUCCESS", "Message has been accepted by phone"),
        ("+46701740605", GROUP, "SUCCESS", "Message has been accepted by phone"),
        ("+12065550196", GROUP, "SUCCESS", "Message has been accepted by phone carrier"),
        (
            "+12065550199",
            f"{GROUP}/Failure",
            "FAILURE",
            "Phone carrier is currently unreachable/unavailable",
        ),
        ("+12065550198", f"{GROUP}/Failure", "FAILURE", "Phone number is opted out"),
        ("+12065550197", f"{GROUP}/Failure", "FAILURE", "Phone carrier has blocked this message"),
    ],
)
def test_the_last_digits_decide_what_the_delivery_log_says(
    carrier, number, group, status, response
):
    message_id = carrier.desk.take_text_message(an_sms(number=number))
    carrier.after(1.9)
    assert [] == carrier.cloud.logged
    carrier.after(2)

    ((logged_in, (line,)),) = carrier.cloud.logged
    assert group == logged_in
    assert status == line["status"]
    assert response == line["delivery"]["providerResponse"]
    assert number == line["delivery"]["destination"]
    assert message_id == line["notification"]["messageId"]
    assert "2026-11-21 12:00:00.000" == line["notification"]["timestamp"]


@pytest.mark.parametrize(
    ("number", "name"),
    [("+12065550100", "sns_sms_log_success_doc"), ("+12065550199", "sns_sms_log_failure_doc")],
)
def test_delivery_logs_have_the_shape_of_those_from_aws(carrier, number, name):
    carrier.desk.take_text_message(an_sms(number=number))
    carrier.after(2)

    assert shape(recording(name)) == shape(carrier.cloud.logged[0][1][0])


def test_a_message_dearer_than_its_max_price_fails_and_costs_nothing(carrier):
    carrier.desk.take_text_message(an_sms(text="x" * 320, MaxPrice="0.01"))
    carrier.after(2)

    delivery = carrier.cloud.logged[0][1][0]["delivery"]
    assert "This delivery would exceed max price" == delivery["providerResponse"]
    assert 0 == delivery["priceInUSD"]
    assert 3 == delivery["numberOfMessageParts"]


def test_the_price_is_that_of_all_parts(carrier):
    carrier.desk.take_text_message(an_sms(text="x" * 161))
    carrier.after(2)

    assert 0.0129 == carrier.cloud.logged[0][1][0]["delivery"]["priceInUSD"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é" * 160, 1),
        ("ç" * 71, 2),
    ],
)
def test_parts_are_counted_by_alphabet(text, parts):
    assert parts == TextMessage(number="+12065550100", text=text).parts


# --- receipts


def test_receipts_survive_a_cloud_that_does_not_answer(carrier):
    carrier.desk.take_email(an_email())
    carrier.desk.take_text_message(an_sms())
    carrier.cloud.down = 5

    for second in range(2, 60):
        carrier.after(second)

    assert [("Send", None), ("Delivery", None)] == sorted(carrier.kinds(), reverse=True)
    assert 1 == len(carrier.cloud.logged)


def test_an_event_that_a_topic_did_not_take_is_published_again_alone(carrier):
    carrier.cloud.refuse = {"Delivery"}
    carrier.desk.take_email(an_email())
    carrier.after(2)
    assert [("Send", None)] == carrier.kinds()

    carrier.after(20)

    assert [("Send", None), ("Delivery", None)] == carrier.kinds()


def test_a_topic_that_is_gone_costs_no_other_receipt(carrier):
    def gone(*_: Any) -> list[str]:
        raise ClientError({"Error": {"Code": "NotFound"}}, "PublishBatch")

    carrier.cloud.publish = gone
    carrier.desk.take_email(an_email())
    carrier.desk.take_text_message(an_sms())
    carrier.after(2)
    carrier.after(60)

    assert 1 == len(carrier.cloud.logged)
    assert [("email_receipts_dropped", {"count": 2, "reason": "no_such_topic"})] == [
        note for note in carrier.notes if note[0] == "email_receipts_dropped"
    ]


def test_receipts_that_are_due_together_go_in_few_calls(carrier):
    for _ in range(12):
        carrier.desk.take_email(an_email())
        carrier.desk.take_text_message(an_sms())
    carrier.after(2)

    assert 24 == len(carrier.cloud.events)
    assert 3 == carrier.cloud.publishes
    assert [12] == [len(lines) for _, lines in carrier.cloud.logged]


def test_receipts_are_delivered_by_themselves_once_started(carrier):
    carrier.receipts.start()
    delivered = threading.Event()
    carrier.cloud.log = lambda *_, **__: delivered.set()

    carrier.receipts.add([(NOON, SmsReceipt(log_group=GROUP, line={}))])

    assert delivered.wait(timeout=5)


def test_nothing_the_carrier_notes_names_a_person(carrier):
    carrier.desk.take_email(an_email())
    carrier.desk.take_text_message(an_sms())
    carrier.after(4)

    told = repr(carrier.notes)
    assert "example.org" not in told
    assert "2065550100" not in told


def test_events_of_two_configuration_sets_are_kept_apart(carrier):
    event = {"eventType": "Send"}
    carrier.receipts.add(
        [
            (NOON, EmailReceipt(configuration_set="local", event=event)),
            (NOON, EmailReceipt(configuration_set="gone", event=event)),
        ]
    )
    carrier.after(0)

    assert [("Send", None)] == carrier.kinds()


@pytest.mark.parametrize(
    ("number", "answers"),
    [
        ("+12065550195", []),
        (
            "+12065550194",
            [
                "Phone is currently unreachable/unavailable",
                "Message has been accepted by phone",
            ],
        ),
        ("+12065550193", ["Message has been accepted by phone"] * 2),
        ("+12065550100", ["Message has been accepted by phone"]),
    ],
)
def test_a_carrier_may_be_silent_contradict_or_repeat_itself(carrier, number, answers):
    carrier.desk.take_text_message(an_sms(number))
    carrier.after(2)
    carrier.after(5)

    lines = [line for _, lines in carrier.cloud.logged for line in lines]
    said = [each["delivery"]["providerResponse"] for each in lines]
    assert sorted(answers) == sorted(said)


@pytest.mark.parametrize(
    ("local_part", "kinds"),
    [
        ("silent+1", [("Send", None)]),
        ("contradictory", [("Send", None), ("Bounce", "General"), ("Delivery", None)]),
        ("doubled", [("Send", None), ("Delivery", None)] * 2),
    ],
)
def test_ses_may_be_silent_contradict_or_repeat_itself(carrier, local_part, kinds):
    carrier.desk.take_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    carrier.after(2)
    carrier.after(5)

    assert sorted(map(str, kinds)) == sorted(map(str, carrier.kinds()))


def test_late_receipts_take_ten_times_as_long(carrier):
    carrier.desk.take_email(an_email(**to("late@simulator.amazonses.com")))
    carrier.desk.take_text_message(an_sms("+12065550192"))
    carrier.after(19)
    assert [] == carrier.kinds()
    assert [] == carrier.cloud.logged

    carrier.after(20)
    assert 2 == len(carrier.kinds())
    assert 1 == len(carrier.cloud.logged)
