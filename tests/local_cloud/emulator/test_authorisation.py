"""The emulator asks of a policy what AWS asks, and says what it asked and whom."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud.emulator.authorisation import (
    authorise_batches,
    authorise_named,
    authorise_partiql,
    know_leading_keys,
    leading_keys,
    partiql_check,
    write_calls_down,
)

PREFIX = "arn:aws:dynamodb:us-east-1:000000000000:table/"


@pytest.mark.parametrize(
    ("statement", "action", "on"),
    [
        ("""INSERT INTO "Ordercast-x.1_a" VALUE {'pk': ?}""", "Insert", "Ordercast-x.1_a"),
        ("""UPDATE "ledger" SET a = ? WHERE pk = ?""", "Update", "ledger"),
        ("update ledger\nset a = ? where pk = ?", "Update", "ledger"),
        ("""DELETE FROM "ledger" WHERE pk = ?""", "Delete", "ledger"),
        ("""SELECT pk, sk FROM "ledger" WHERE pk = ?""", "Select", "ledger"),
        ("""SELECT * FROM "ledger"."due" WHERE due_shard = ?""", "Select", "ledger/index/due"),
    ],
)
def test_a_statement_needs_the_permission_for_what_it_does(statement, action, on) -> None:
    assert (f"dynamodb:PartiQL{action}", PREFIX + on) == partiql_check(statement, PREFIX)


def test_what_is_no_statement_is_allowed_to_nobody() -> None:
    assert ("dynamodb:PartiQLUnknown", PREFIX) == partiql_check("DROP TABLE ledger", PREFIX)


def test_each_statement_of_a_call_is_judged_and_the_call_itself_is_not() -> None:
    """AWS knows no action dynamodb:BatchExecuteStatement; a transaction is judged as before."""
    actions = SimpleNamespace(dynamodb_transaction_checks=lambda *_: [("as", "before")])
    authorise_partiql(actions)
    statements = [f"INSERT INTO {t} VALUE {{}}" for t in ("ledger", "ledger", "customers")]

    def asked(action: str, body: dict[str, Any]) -> Any:
        checks = actions.dynamodb_transaction_checks
        return checks(action, json.dumps(body).encode(), "us-east-1", "000000000000")

    both = [("dynamodb:PartiQLInsert", PREFIX + table) for table in ("ledger", "customers")]
    each = [{"Statement": statement} for statement in statements]
    assert both == asked("dynamodb:BatchExecuteStatement", {"Statements": each})
    assert both == asked("dynamodb:ExecuteTransaction", {"TransactStatements": each})
    assert both[:1] == asked("dynamodb:ExecuteStatement", each[0])
    assert [("as", "before")] == asked("dynamodb:TransactWriteItems", {})


def test_policies_are_told_which_partitions_a_call_inserts_into() -> None:
    """AWS calls them dynamodb:LeadingKeys; what is no such insert is in no partition that a policy names."""

    def insert(key: str) -> dict[str, Any]:
        return {
            "Statement": "INSERT INTO \"t\" VALUE {'pk': ?, 'sk': ?}",
            "Parameters": [{"S": key}],
        }

    update = {"Statement": "UPDATE t SET a = ? WHERE pk = ?", "Parameters": [{"S": "audit#"}]}
    assert ["a", "b"] == leading_keys({"Statements": [insert("a"), insert("b")]})
    assert ["a", ""] == leading_keys({"TransactStatements": [insert("a"), update]})
    assert ["a"] == leading_keys(insert("a"))
    assert [] == leading_keys({"TableName": "t"})

    actions = SimpleNamespace(dynamodb_service_context=lambda _: {"dynamodb:Select": "x"})
    know_leading_keys(actions)
    body = json.dumps({"Statements": [insert("a")]}).encode()
    told = {"dynamodb:Select": "x", "dynamodb:LeadingKeys": ["a"]}
    assert told == actions.dynamodb_service_context(body)
    assert {"dynamodb:Select": "x"} == actions.dynamodb_service_context(b"")


def test_what_names_its_resource_in_its_own_way_is_judged_on_that() -> None:
    """Ministack would ask for everything of the account."""
    actions = SimpleNamespace(extract_resource_arn=lambda service, *_: f"{service} as before")
    kinesis = SimpleNamespace(_shard_iterators={"i-1": {"stream": "orders"}})
    authorise_named(actions, kinesis)

    def resource(service: str, target: str, body: dict[str, Any]) -> str:
        headers = {"x-amz-target": target}
        rest: tuple[Any, ...] = (
            "POST",
            "/",
            headers,
            json.dumps(body).encode(),
            {},
            "us-east-1",
            "000000000000",
        )
        found: str = actions.extract_resource_arn(service, *rest)
        return found

    names = {"Names": ["/ordercast/dev/names", "/ordercast/dev/settings"]}
    arn = "arn:aws:ssm:us-east-1:000000000000:parameter/ordercast/dev/names"
    assert arn == resource("ssm", "AmazonSSM.GetParameters", names)
    assert "ssm as before" == resource("ssm", "AmazonSSM.GetParameter", {})
    stream = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
    assert stream == resource("kinesis", "Kinesis_20131202.GetRecords", {"ShardIterator": "i-1"})
    assert "*" == resource("kinesis", "Kinesis_20131202.GetRecords", {"ShardIterator": "i-2"})
    groups = "arn:aws:logs:us-east-1:000000000000:log-group::log-stream:"
    assert groups == resource("logs", "Logs_20140328.DescribeLogGroups", {})
    assert "sqs as before" == resource("sqs", "AmazonSQS.SendMessage", {})
    backup = f"{PREFIX}ledger/backup/1"
    dynamodb = "DynamoDB_20120810."
    body = {"BackupArn": backup, "TargetTableName": "ledger-restored"}
    assert backup == resource("dynamodb", f"{dynamodb}RestoreTableFromBackup", body)
    body = {"ResourceArn": f"{PREFIX}ledger"}
    assert f"{PREFIX}ledger" == resource("dynamodb", f"{dynamodb}PutResourcePolicy", body)


class Evaluator:
    """Allows what is on a list; sessions are of the role that their key names."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = allowed

    def enforce(self, _key: str, action: str, *_: Any, **__: Any) -> str | None:
        return None if action in self.allowed else "no"

    @staticmethod
    def resolve_caller_identity(key: str) -> dict[str, str] | None:
        kind = "root" if key == "root" else f"assumed-role/{key}/session"
        return {"userArn": f"arn:aws:sts::000000000000:{kind}"} if key else None


def test_a_batch_needs_the_permission_for_a_single_message() -> None:
    evaluator = Evaluator("sns:Publish")
    authorise_batches(evaluator)
    assert evaluator.enforce("relay", "sns:PublishBatch", "sns", "us-east-1") is None
    assert "no" == evaluator.enforce("relay", "sqs:SendMessageBatch", "sqs", "us-east-1")


def test_calls_are_written_down_by_role_allowed_ones_once(tmp_path: Path) -> None:
    evaluator, log = Evaluator("s3:PutObject"), tmp_path / "calls.jsonl"
    write_calls_down(evaluator, log)
    authorise_batches(evaluator)
    for key, action in (
        ("relay", "s3:PutObject"),
        ("relay", "s3:PutObject"),
        ("relay", "sns:PublishBatch"),
        ("relay", "sns:PublishBatch"),
        ("root", "s3:PutObject"),
        ("", "s3:PutObject"),
    ):
        context = {"s3:prefix": "parked", "dynamodb:Attributes": ["pk"]}
        evaluator.enforce(key, action, "s3", "us-east-1", service_context=context)

    written = [json.loads(line) for line in log.read_text().splitlines()]
    put, *refused = written
    assert {
        "role": "relay",
        "action": "s3:PutObject",
        "resource": "*",
        "context": {"s3:prefix": "parked"},
        "allowed": True,
    } == put
    assert [("sns:Publish", False)] * 2 == [(each["action"], each["allowed"]) for each in refused]
