"""An order event is found in an envelope with one reading; another envelope is refused by name."""

import json
from base64 import b64encode
from typing import Any

import pytest

from ordercast.errors import MalformedOrderEvent
from tests.events.contract_readers import parsed
from tests.examples import event

ORDER = event(event_id=None)
PLAIN = parsed(json.dumps(ORDER).encode())


def cloud_event(data: object = ORDER, **changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "A234-1234-1234",
        "source": "/shop/orders",
        "type": "com.example.order.shipped",
        "time": "2026-03-02T10:00:00Z",
        "datacontenttype": "application/json",
        "data": data,
    } | changes


def event_bridge(detail: object = ORDER, **changes: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Order Shipped",
        "source": "shop.example",
        "account": "123456789012",
        "time": "2026-03-02T10:00:00Z",
        "region": "eu-north-1",
        "resources": [],
        "detail": detail,
    } | changes


def sns(message: object = ORDER) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
        "TopicArn": "arn:aws:sns:eu-north-1:123456789012:orders",
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-03-02T10:00:00.000Z",
        "SignatureVersion": "1",
        "UnsubscribeURL": "https://sns.example.com/?Action=Unsubscribe",
    }


def sqs(body: object = ORDER) -> dict[str, Any]:
    return {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830004",
        "receiptHandle": "AQEB",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {"SentTimestamp": "1795262404183"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-north-1:123456789012:orders",
        "awsRegion": "eu-north-1",
    }


def read(document: object) -> Any:
    return parsed(json.dumps(document).encode())


def refusal(document: object) -> str:
    with pytest.raises(MalformedOrderEvent) as refused:
        read(document)
    return str(refused.value)


ENVELOPES = {
    "EventBridge": event_bridge(),
    "SNS": sns(),
    "SQS, by EventBridge Pipes": sqs(),
    "SNS in SQS": sqs(sns()),
    "EventBridge in SNS in SQS": sqs(sns(event_bridge())),
}


@pytest.mark.parametrize("document", ENVELOPES.values(), ids=ENVELOPES)
def test_the_event_in_an_envelope_is_the_event_alone(document: object) -> None:
    """Their ids are new when an event is put again, so they are nobody's event_id."""
    assert PLAIN == read(document)


CLOUD_EVENTS = {
    "structured": cloud_event(),
    "with its data as text": cloud_event(json.dumps(ORDER)),
    "with its data in base64": {
        name: value for name, value in cloud_event().items() if name != "data"
    }
    | {"data_base64": b64encode(json.dumps(ORDER).encode()).decode()},
    "in EventBridge": event_bridge(cloud_event()),
    "in SNS in SQS": sqs(sns(cloud_event())),
    "in all of them": sqs(sns(event_bridge(cloud_event()))),
}


@pytest.mark.parametrize("document", CLOUD_EVENTS.values(), ids=CLOUD_EVENTS)
def test_a_cloud_event_gives_its_source_and_id_to_an_event_without_one(document: object) -> None:
    found = read(document)

    assert "cloudevent-e421926014728749b1fdf9b6887349e2" == found.event_id
    assert PLAIN.contact == found.contact


def test_an_event_s_own_id_wins_over_that_of_its_cloud_event() -> None:
    assert "e-1" == read(cloud_event(event())).event_id


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"time": "2027-01-01T00:00:00Z", "type": "another"}, True),
        ({"id": "A234-1234-1235"}, False),
        ({"source": "/shop/order"}, False),
        ({"source": "/shop/ordersA234", "id": "-1234-1234"}, False),
    ],
)
def test_source_and_id_together_tell_one_cloud_event_from_another(
    changes: dict[str, str],
    same: bool,  # noqa: FBT001
) -> None:
    assert same == (read(cloud_event()).event_id == read(cloud_event(**changes)).event_id)


@pytest.mark.parametrize("changes", [{"id": ""}, {"id": 5}, {"source": None}])
def test_a_cloud_event_without_an_id_gives_none(changes: dict[str, Any]) -> None:
    assert read(cloud_event(**changes)).event_id is None


def test_an_id_of_any_length_becomes_one_that_the_contract_takes() -> None:
    assert 128 > len(read(cloud_event(id="x" * 5000)).event_id)


def test_an_order_event_with_fields_of_its_own_is_no_envelope() -> None:
    own = ORDER | {"detail": {}, "detail-type": "x", "source": "web", "data": [], "log": "x"}

    assert PLAIN == read(own)


@pytest.mark.parametrize("document", [cloud_event("x"), cloud_event(5), cloud_event(data=None)])
def test_a_cloud_event_about_something_else_says_so(document: object) -> None:
    assert "event: a CloudEvent without a JSON object in data or data_base64" == refusal(document)


def test_other_envelopes_about_something_else_say_so() -> None:
    assert "event: an SNS message without a JSON object in Message" == refusal(sns("Hello Ada"))
    assert "event: an SQS message without a JSON object in body" == refusal(sqs("[1]"))
    assert "event: an EventBridge event without a JSON object in detail" == refusal(
        event_bridge("x")
    )


def test_a_field_in_an_envelope_is_named_as_in_a_plain_event() -> None:
    said = refusal(event_bridge({"order_id": [5], "status": "shipped"}))
    assert said.startswith("order_id: found a list; taken is text")


NAMED = {
    "a Debezium change event": {"before": None, "after": ORDER, "op": "c", "source": {}},
    "a Debezium change event with its schema": {
        "schema": {},
        "payload": {"before": None, "after": ORDER, "op": "u"},
    },
    "a change record of AWS DMS": {
        "data": {"id": 1},
        "metadata": {"record-type": "data", "operation": "insert", "table-name": "orders"},
    },
    "a Maxwell change event": {"database": "shop", "table": "orders", "type": "insert", "data": {}},
    "a MongoDB change event": {"operationType": "insert", "fullDocument": {}},
    "a record of a DynamoDB stream": {"eventName": "INSERT", "dynamodb": {"NewImage": {}}},
    "JSON of Kafka Connect with its schema": {"schema": {}, "payload": ORDER},
    "a Kinesis record of EventBridge Pipes": {"kinesisSchemaVersion": "1.0", "data": "e30="},
    "a request of Firehose": {"requestId": "r-1", "timestamp": 1, "records": []},
    "a request of Firehose to Lambda": {"invocationId": "i-1", "records": []},
    "an invocation of Lambda": {"Records": [sqs()]},
    "a message of CloudWatch Logs": {"logGroup": "g", "logStream": "s", "logEvents": []},
    "a request of API Gateway": {"requestContext": {}, "body": "{}"},
    "a log record; the event is in log": {"log": json.dumps(ORDER), "stream": "stdout"},
    "a log record; the event is in message": {"message": "x", "@timestamp": "2026-03-02"},
    "in an envelope that is not read; put what is in payload by itself": {"payload": ORDER},
    "in an envelope that is not read; put what is in body by itself": {"body": json.dumps(ORDER)},
}


@pytest.mark.parametrize(("name", "document"), NAMED.items(), ids=NAMED)
def test_another_envelope_is_named(name: str, document: object) -> None:
    known = name.removesuffix(" with its schema") if "Debezium" in name else name
    assert refusal(document).startswith(f"event: {known.removesuffix(' to Lambda')}")


def test_envelopes_are_opened_up_to_a_limit() -> None:
    document = ORDER
    for _ in range(5):
        document = event_bridge(document)

    assert "put what is in detail by itself" in refusal(document)


@pytest.mark.parametrize("name", ["orderId", "ORDER_ID", "order-id", "OrderId"])
def test_an_order_s_id_in_any_spelling_makes_it_no_envelope(name: str) -> None:
    own = {name: "o-1", "contact": {}, "log": "x", "detail": {}, "detail-type": "x", "source": "x"}

    assert "o-1" == read(own).order_id
    assert "o-1" == read(cloud_event({name: "o-1", "contact": {}, "status": "shipped"})).order_id


def test_an_event_s_own_id_in_any_spelling_wins_over_that_of_its_cloud_event() -> None:
    assert "e-1" == read(cloud_event(ORDER | {"event_id": None, "eventId": "e-1"})).event_id
    assert "cloudevent" == read(cloud_event(ORDER | {"event_id": ""})).event_id.partition("-")[0]
