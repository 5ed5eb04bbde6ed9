"""Run an operator's commands on the stage, and find what their policy allows in vain. Used by `run`."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.calls import Call, judged
from local_cloud.deploy_proof.operator import POLICY, ROLE, Operator
from local_cloud.deploy_proof.orders import an_order
from local_cloud.deploy_proof.policy import PolicyCall, PolicyStatement, unneeded
from local_cloud.deploy_proof.working_copy import STAGE
from ordercast.operations.target import Target

COMMANDS = (
    "status proof-00001",
    "stats",
    "cost",
    "report --out {folder}/report.html",
    "prices",
    "put {folder}/order.json",
    "record --out {folder}/recording.json",
    "replay {folder}/recording.json",
    "customers import examples/customers.jsonl",
    "customers set c-1 --opt-out sms",
    "customers show c-1",
    "messages --address +12065550100",
    "customers promotions c-1 --opt-out email",
    "suppressions add ada@example.com --by proof",
    "suppressions list",
    "suppressions remove --address ada@example.com --by proof",
    "forget c-1 --reason proof --yes",
    "pause --channel sms --reason proof",
    "resume --all",
    "budget set --day 1000 --reason proof",
    "budget show",
    "budget history",
    "export --since 1h --out /dev/null",
    "verify --repair",
    "parked list",
    "parked redrive --all --yes",
)
"""What is run once each; {folder} is the local cloud's."""

_SHOWN_BY_TESTS = (
    PolicyCall(action="cloudwatch:DescribeAlarms", resource="*"),
    PolicyCall(action="sns:Publish", resource="arn:aws:sns:us-east-1:000000000000:Ordercast-topic"),
    *(
        PolicyCall(action=f"ses:{action}SuppressedDestination", resource="*")
        for action in ("Delete", "Get")
    ),
    *(
        PolicyCall(
            action=f"sms-voice:{action}",
            resource="arn:aws:sms-voice:us-east-1:000000000000:opt-out-list/Default",
        )
        for action in ("DeleteOptedOutNumber", "DescribeOptedOutNumbers")
    ),
)
"""What `alarms` asks, which fails where one rings: tests/cli/test_alarms.py; what redriving a parked
notification asks for: tests/cloud/commands/test_parked_notifications.py; and what is asked of the providers'
own lists, which the simulator answers: tests/cli/suppressions/test_provider_lists.py."""

_ANY_KEY = "arn:aws:kms:us-east-1:000000000000:key/x"
"""The operator may use every key through the services, so which one a call is about does not matter."""

_LONGEST = timedelta(minutes=2)


def operate(operator: Operator, target: Target) -> None:
    """Run each command once, with a dead letter and a parked record to redrive; raises `Broken`."""
    sqs = client_of("sqs", endpoint=operator.cloud.endpoint)
    attributes = sqs.get_queue_attributes(
        QueueUrl=target.names.receipts_queue, AttributeNames=["RedrivePolicy"]
    )["Attributes"]
    arn = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
    url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    folder = operator.cloud.folder
    known = an_order(1)  # to the ledger: nothing is sent
    (folder / "order.json").write_text(json.dumps(known))
    for command in COMMANDS:
        words = (each.format(folder=folder) for each in command.split())
        operator.ordercast(*words, within=_LONGEST)
    # The emulator lacks half of what it asks; that it may ask for the rest is shown.
    operator.ordercast("doctor", within=_LONGEST, fails=True)


def in_vain(cloud: LocalCloud) -> list[str]:
    """Return the statements of the operator's policy without which every call so far is allowed still."""
    statements = json.loads(POLICY.read_text())["Statement"]
    calls = [called(each) for each in judged(cloud) if each.role == ROLE and each.allowed]
    of_key = [use for each in calls for use in _of_the_key(each, _ANY_KEY)]
    return [each["Sid"] for each in unneeded(statements, [*calls, *of_key, *_SHOWN_BY_TESTS])]


def needed_by_functions(cloud: LocalCloud) -> tuple[int, int]:
    """Count the statements of the stage's roles that a call in this run needed, and all of them."""
    calls = judged(cloud)
    kms = client_of("kms", endpoint=cloud.endpoint)
    keys = [each["KeyArn"] for each in kms.list_keys()["Keys"]]
    needed = total = 0
    for role, statements in _roles(cloud):
        made = [called(each) for each in calls if each.role == role and each.allowed]
        of_key = [use for key in keys for each in made for use in _of_the_key(each, key)]
        total += len(statements)
        needed += len(statements) - len(unneeded(statements, [*made, *of_key]))
    return needed, total


def refused_unasked(cloud: LocalCloud, removed: Mapping[str, Collection[str]]) -> list[Call]:
    """Return the refused calls that no *removed* statement explains: actions by a part of the role's name."""
    return [
        each
        for each in judged(cloud)
        if not each.allowed
        and not any(role in each.role and each.action in removed[role] for role in removed)
    ]


def called(call: Call) -> PolicyCall:
    """Return a judged call as a policy sees it, with the keys that the emulator fills in while it judges."""
    account = {"s3:ResourceAccount": "000000000000"} if call.action.startswith("s3:") else {}
    return PolicyCall(
        action=call.action, resource=call.resource, context={**call.context, **account}
    )


def _of_the_key(call: PolicyCall, key: str) -> Iterator[PolicyCall]:
    """Yield what a service does to the key with that ARN in the caller's name."""
    service, _, action = call.action.partition(":")
    if service in {"dynamodb", "kinesis", "s3", "secretsmanager", "sns", "sqs"}:
        writes = action.startswith(("Put", "Publish", "Send"))
        yield PolicyCall(
            action="kms:GenerateDataKey" if writes else "kms:Decrypt",
            resource=key,
            context={"kms:ViaService": f"{service}.us-east-1.amazonaws.com"},
        )


def _roles(cloud: LocalCloud) -> Iterator[tuple[str, list[PolicyStatement]]]:
    iam = client_of("iam", endpoint=cloud.endpoint)
    for page in iam.get_paginator("list_roles").paginate():
        for name in (each["RoleName"] for each in page["Roles"]):
            if name.startswith(f"Ordercast-{STAGE}-"):
                for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                    found = iam.get_role_policy(RoleName=name, PolicyName=policy)
                    yield name, found["PolicyDocument"]["Statement"]
