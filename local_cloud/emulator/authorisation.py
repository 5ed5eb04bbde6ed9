"""Authorise PartiQL and batches as AWS does, and write down which call whose policy allowed. Used by `serve`.

AWS authorises a PartiQL call by what each statement does, on its table
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html); ministack asks for
an action of the call's own name, which no policy can grant on AWS. So it does for batches of SNS and SQS,
which are the action of a single message there.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_CALLS: dict[str, Callable[[dict[str, Any]], list[dict[str, str]]]] = {
    "dynamodb:ExecuteStatement": lambda call: [call],
    "dynamodb:BatchExecuteStatement": lambda call: call["Statements"],
    "dynamodb:ExecuteTransaction": lambda call: call["TransactStatements"],
}

_AS_SINGLE = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}

_ON_AN_ARN = {
    ("dynamodb", "PutResourcePolicy"): "ResourceArn",
    ("dynamodb", "RestoreTableFromBackup"): "BackupArn",
}
"""What names its resource by an ARN: in which parameter."""

_INSERT = re.compile(r"\s*INSERT\s+INTO\s+\S+\s+VALUE\s+\{'pk':\s*\?")
"""An insert whose first parameter is the partition, as ordercast/gateways/dynamodb/partiql.py writes it."""

_STATEMENT = re.compile(
    r"""\s*(?P<verb>INSERT\s+INTO|UPDATE|DELETE\s+FROM|SELECT\s.*?\sFROM)\s+
        (?:"(?P<quoted>[^"]+)"|(?P<bare>[A-Za-z0-9_-]+))(?:\."?(?P<index>[A-Za-z0-9_-]+)"?)?(?:\s|$)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def authorise_partiql(actions: Any) -> None:
    """Let ministack's *actions* module ask for what each statement does, as for a transaction's items."""
    of_transaction = actions.dynamodb_transaction_checks

    def checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        if action not in _CALLS:
            found: list[tuple[str, str]] = of_transaction(action, body, region, account)
            return found
        statements = [each["Statement"] for each in _CALLS[action](json.loads(body))]
        prefix = f"arn:aws:dynamodb:{region}:{account}:table/"
        return list(dict.fromkeys(partiql_check(each, prefix) for each in statements))

    actions.dynamodb_transaction_checks = checks


def partiql_check(statement: str, prefix: str) -> tuple[str, str]:
    """Return the action of a statement and the ARN of the table or index that it is on.

    *prefix* is what ARNs of tables begin with. What is no statement is an action that nobody may do.
    """
    found = _STATEMENT.match(statement)
    if not found:
        return "dynamodb:PartiQLUnknown", prefix
    table = found["quoted"] or found["bare"]
    index = f"/index/{found['index']}" if found["index"] else ""
    return f"dynamodb:PartiQL{found['verb'].split()[0].title()}", f"{prefix}{table}{index}"


def know_leading_keys(actions: Any) -> None:
    """Let ministack's *actions* module tell policies which partitions a PartiQL call inserts into."""
    of_request = actions.dynamodb_service_context

    def context(body: bytes) -> dict[str, Any]:
        known: dict[str, Any] = of_request(body)
        keys = leading_keys(json.loads(body or b"{}"))
        return {**known, "dynamodb:LeadingKeys": keys} if keys else known

    actions.dynamodb_service_context = context


def leading_keys(call: dict[str, Any]) -> list[str]:
    """Return the partition that each statement of a PartiQL call inserts into; "" of any other statement."""
    single = [call] if "Statement" in call else []
    statements = [*call.get("Statements", ()), *call.get("TransactStatements", ()), *single]
    return [
        each["Parameters"][0].get("S", "") if _INSERT.match(each["Statement"]) else ""
        for each in statements
    ]


def authorise_named(actions: Any, kinesis: Any) -> None:
    """Let ministack's *actions* module judge a few calls on what they name, and not on everything.

    GetParameters is judged on the first parameter, GetRecords on the stream of its iterator, which
    the *kinesis* module knows, DescribeLogGroups on a log group without a name, and what restores a
    table on the ARN that it names.
    """
    resource_of = actions.extract_resource_arn

    def resource(service: str, *request: Any) -> str:
        *_, headers, body, _, region, account = request
        call = headers.get("x-amz-target", "").rpartition(".")[2]
        if (service, call) == ("ssm", "GetParameters"):
            name = json.loads(body)["Names"][0].lstrip("/")
            return f"arn:aws:ssm:{region}:{account}:parameter/{name}"
        if (service, call) == ("kinesis", "GetRecords"):
            known = kinesis._shard_iterators.get(json.loads(body)["ShardIterator"])
            return f"arn:aws:kinesis:{region}:{account}:stream/{known['stream']}" if known else "*"
        if (service, call) in _ON_AN_ARN:
            return str(json.loads(body)[_ON_AN_ARN[service, call]])
        if (service, call) == ("logs", "DescribeLogGroups"):
            return f"arn:aws:logs:{region}:{account}:log-group::log-stream:"
        return str(resource_of(service, *request))

    actions.extract_resource_arn = resource


def authorise_batches(evaluator: Any) -> None:
    """Let ministack's *evaluator* module judge a batch as its single messages."""
    enforce = evaluator.enforce

    def enforcing(key: str, action: str, *rest: Any, **more: Any) -> Any:
        return enforce(key, _AS_SINGLE.get(action, action), *rest, **more)

    evaluator.enforce = enforcing


def write_calls_down(evaluator: Any, log: Path) -> None:
    """Append each kind of call that ministack's *evaluator* judges to *log*: once allowed, always refused.

    A line is JSON: `role`, `action`, `resource`, `context` (condition keys) and `allowed`. Calls of
    the account's root, which may do anything, are left out.
    """
    enforce, known = evaluator.enforce, set()

    def enforcing(key: str, action: str, service: str, region: str, **more: Any) -> Any:
        denied = enforce(key, action, service, region, **more)
        role = _role(evaluator, key)
        line = json.dumps(
            {
                "role": role,
                "action": action,
                "resource": more.get("resource_arn", "*"),
                "context": dict(_texts(more.get("service_context") or {})),
                "allowed": denied is None,
            }
        )
        if role and (denied or line not in known):
            known.add(line)
            with log.open("a") as lines:
                lines.write(f"{line}\n")
        return denied

    evaluator.enforce = enforcing


def _role(evaluator: Any, key: str) -> str:
    """Return the name of the role that a key's session is of; "" for the root and for strangers."""
    arn = (evaluator.resolve_caller_identity(key) or {}).get("userArn", "")
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else ""


def _texts(context: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a call that say something; lists of attribute names are of no policy here."""
    return ((key, each) for key, each in context.items() if isinstance(each, str))
