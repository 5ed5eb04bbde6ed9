"""The console's SDK refuses whatever is on no list, before anything is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.session import Session

from ordercast.audit import Act, Verb
from ordercast.console.sdk_operations import (
    ACTS,
    READS,
    OperationRefused,
    is_audit_entry,
    refuse_others,
)
from ordercast.gateways import clients
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import text
from ordercast.gateways.dynamodb.table import Answer, Statement
from ordercast.gateways.ledger.audit_trail import DynamoAuditTrail
from ordercast.gateways.ledger.keys import HOLDS_KEY
from ordercast.operations.doctor.reading import ACTIONS
from tests.aws_in_memory import aws_in_memory


@pytest.fixture(autouse=True)
def _own_sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no hook to other tests."""
    clients.session.cache_clear()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with aws_in_memory(monkeypatch):
        yield
    clients.session.cache_clear()


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("sns", "publish", {"TopicArn": "t", "Message": "m"}),
        ("sqs", "send_message", {"QueueUrl": "q", "MessageBody": "b"}),
        ("sqs", "purge_queue", {"QueueUrl": "q"}),
        ("dynamodb", "delete_table", {"TableName": "t"}),
        ("dynamodb", "put_item", {"TableName": "t", "Item": {}}),
        ("s3", "delete_bucket", {"Bucket": "b"}),
        ("lambda", "invoke", {"FunctionName": "f"}),
        ("secretsmanager", "put_secret_value", {"SecretId": "s", "SecretString": "x"}),
    ],
)
@pytest.mark.parametrize("allow_actions", [False, True])
@pytest.mark.parametrize("make", [boto3.client, lambda name: clients.session().create_client(name)])
def test_what_is_on_no_list_is_refused_by_clients_of_either_kind(
    service: str, operation: str, params: dict[str, Any], allow_actions, make
) -> None:
    refuse_others(allow_actions=allow_actions)
    with pytest.raises(OperationRefused, match=service):
        getattr(make(service), operation)(**params)


def test_every_name_on_the_lists_is_an_operation() -> None:
    session = Session()
    for listed in (READS, ACTS):
        for service, operations in listed.items():
            assert operations <= {*session.get_service_model(service).operation_names}, service


def test_what_reads_goes_through() -> None:
    refuse_others(allow_actions=False)
    assert boto3.client("sts").get_caller_identity()["Account"]


@dataclass
class SayingTable:
    """A table that notes the statements which it is to execute."""

    name: str = "ledger"
    said: list[Statement] = field(default_factory=list)

    def execute(self, statements: Sequence[Statement]) -> list[Answer]:
        self.said += statements
        return [Answer() for _ in statements]


def _call(*statements: Statement) -> dict[str, Any]:
    return {"Statements": [{"Statement": s.text, "Parameters": s.parameters} for s in statements]}


def test_the_audit_trail_s_inserts_are_the_only_statements_that_reading_makes() -> None:
    table: Any = SayingTable()
    act = Act(verb=Verb.SHOW, of="101", by="ada", at=datetime.now(UTC), tag="0a")
    trail = DynamoAuditTrail(table=table)
    trail.intend(act)
    trail.end(act, "shown")
    row = partiql.insert("ledger", {"pk": text("o"), "sk": text("n")})
    changed = partiql.update("ledger", HOLDS_KEY, partiql.Update(raised=["version"]), where={})

    assert is_audit_entry(_call(*table.said))
    for others in ([row], [changed], [*table.said, row], []):
        assert not is_audit_entry(_call(*others))


def test_other_statements_are_refused_while_it_only_reads() -> None:
    refuse_others(allow_actions=False)
    row = partiql.insert("ledger", {"pk": text("o"), "sk": text("n")})
    with pytest.raises(OperationRefused):
        clients.dynamodb().batch_execute_statement(**_call(row))


def test_what_resending_publishes_goes_through_only_with_actions() -> None:
    topic = boto3.client("sns").create_topic(Name="notifications")["TopicArn"]
    entries: Any = [{"Id": "1", "Message": "m"}]
    refuse_others(allow_actions=False)
    with pytest.raises(OperationRefused, match="sns:PublishBatch"):
        clients.sns_topics().publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    clients.session.cache_clear()
    refuse_others(allow_actions=True)
    assert clients.sns_topics().publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)[
        "Successful"
    ]


def test_whatever_doctor_reads_is_on_the_list() -> None:
    services = {"ses": "sesv2", "sms-voice": "pinpoint-sms-voice-v2"}
    for action in (each for actions in ACTIONS.values() for each in actions):
        service, _, operation = action.partition(":")
        assert operation in READS[services.get(service, service)], action
