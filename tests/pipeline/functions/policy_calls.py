"""List what each role of a stage asks of its policy: by itself, through Lambda, and of the key. Used by the tests of policies."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.deploy_proof.policy import PolicyCall, PolicyStatement
from tests.explorer.exploring import calls
from tests.pipeline.functions.explored_actions import ACTIONS
from tests.pipeline.synthesis import Synthesis

_OWN_TABLE = {
    "accounts": "LedgerTable",
    "adjustments": "Rollups",
    "buckets": "LedgerTable",
    "ledger": "LedgerTable",
    "people": "Customers",
    "receipt_logs": "ReceiptsTable",
    "rollups": "Rollups",
    "template_versions": "LedgerTable",
}
_INDEXES = {
    ("ledger", "backlog"): "due",
    ("ledger", "due"): "due",
    ("ledger", "failures"): "failure",
    ("receipt_logs", "due"): "due",
    ("receipt_logs", "orphans"): "due",
}
_READ_TOO = {
    ("ledger", "look_up"): "Customers",
    ("ledger", "claim"): "Customers",
    ("rollups", "known"): "LedgerTable",
}
"""The calls that read another table in the same batch: customers, and the limits of budgets."""

_NEVER = {("sweeper", ("accounts", "change"), "dynamodb:PartiQLInsert")}
"""It changes accounts that are there."""

_ROLES = {
    "order relay": "OrderRelay",
    "sms sender": "SmsSender",
    "email sender": "EmailSender",
    "receipt tracker": "ReceiptTracker",
    "sweeper": "Sweeper",
    "analytics": "Analytics",
}

_OTHERS = (
    *(
        (each, "secretsmanager:GetSecretValue", "AddressSecret")
        for each in ("OrderRelay", "SmsSender", "EmailSender", "ReceiptTracker", "Sweeper")
    ),
    ("Verifier", "dynamodb:BatchGetItem", "LedgerTable"),
    ("Verifier", "dynamodb:Query", "Rollups"),
    ("Verifier", "dynamodb:UpdateItem", "Rollups"),
    ("Verifier", "dynamodb:BatchGetItem", "ReceiptsTable"),
    ("Verifier", "dynamodb:Query", "ReceiptsTable|/index/due"),
    ("Verifier", "s3:GetObject", "ParkedBucket|/parked/x"),
    ("Verifier", "s3:ListBucket", "ParkedBucket"),
    ("Verifier", "kinesis:GetRecords", "OrdersStream"),
    ("Verifier", "cloudwatch:GetMetricData", "*"),
    ("StatusEvents", "sns:Publish", "StatusEventsTopic"),
    ("SmsLogForwarder", "sns:Publish", "SmsReceipts"),
    ("SmsLogForwarder", "sqs:SendMessage", "SmsLogForwarderFailures"),
    ("SmsAttributes", "sns:SetSMSAttributes", "*"),
    ("SmsAttributes", "iam:PassRole", "SmsLogsDeliveryStatus"),
    ("SmsAttributesProvider", "lambda:InvokeFunction", "SmsAttributesFunction"),
    ("SmsAttributesProvider", "lambda:GetFunction", "SmsAttributesFunction"),
    ("Heartbeat", "kinesis:PutRecord", "OrdersStream"),
)
"""Role, action and resource of what the explorer does not play."""

_POLLS = {
    "AWS::SQS::Queue": ("sqs:ReceiveMessage",),
    "AWS::Kinesis::Stream": ("kinesis:GetRecords",),
    "AWS::DynamoDB::Table": ("dynamodb:GetRecords", "dynamodb:ListStreams"),
}
"""What Lambda does with a function's role to read for it."""

_OF_THE_KEY = {
    "dynamodb": "kms:Decrypt",
    "kinesis:Get": "kms:Decrypt",
    "kinesis:Put": "kms:GenerateDataKey",
    "s3:Get": "kms:Decrypt",
    "s3:Put": "kms:GenerateDataKey",
    "secretsmanager:Get": "kms:Decrypt",
    "sns:Publish": "kms:GenerateDataKey",
    "sqs:Receive": "kms:Decrypt",
    "sqs:Send": "kms:GenerateDataKey",
}
"""What a service does to the key in the caller's name, by how the action begins."""

_PSEUDO = {
    "AWS::AccountId": "000000000000",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True)
class Policies:
    """The policies of a stage's roles, with a text for each resource."""

    synthesis: Synthesis

    def statements(self) -> dict[str, list[PolicyStatement]]:
        """Return the statements of each role that is no service's own, by the name of its construct."""
        found: dict[str, list[PolicyStatement]] = defaultdict(list)
        for stack, logical_id, policy in self.synthesis.each("AWS::IAM::Policy"):
            role, _, rest = logical_id.partition("RoleDefaultPolicy")
            if rest:
                document = policy["Properties"]["PolicyDocument"]
                found[role] += [self._plain(stack, each) for each in document["Statement"]]
        return found

    @property
    def key(self) -> str:
        """The text of the stage's key."""
        return self._find("Key", "-Data")

    def managed(self, name: str) -> list[PolicyStatement]:
        """Return the statements of the managed policy of that name."""
        [(stack, policy)] = [
            (stack, each["Properties"]["PolicyDocument"])
            for stack, logical_id, each in self.synthesis.each("AWS::IAM::ManagedPolicy")
            if logical_id.startswith(name)
        ]
        return [self._plain(stack, each) for each in policy["Statement"]]

    def called(self) -> dict[str, list[PolicyCall]]:
        """Return what each role asks for."""
        found: dict[str, list[PolicyCall]] = defaultdict(list)
        for role, action, resource in (*self._explored(), *_OTHERS, *self._through_lambda()):
            if role in self.statements():
                found[role] += self._with_key(role, action, self.text(resource))
        return found

    def _explored(self) -> Iterator[tuple[str, str, str]]:
        for call in (each for each in calls() if each.function in _ROLES):
            where = call.port, call.method
            for action in (a for a in ACTIONS[where] if (call.function, where, a) not in _NEVER):
                for resource in self._resources(call.function, where, action):
                    yield _ROLES[call.function], action, resource

    def _resources(self, function: str, where: tuple[str, str], action: str) -> Iterator[str]:
        if action == "dynamodb:Query":
            yield f"{_OWN_TABLE[where[0]]}|/index/{_INDEXES[where]}"
        elif action.startswith("dynamodb:"):
            yield _OWN_TABLE[where[0]]
            if where in _READ_TOO and action.endswith("BatchGetItem"):
                yield _READ_TOO[where]
        elif action == "sns:Publish":
            yield "+12065550100" if where[0] == "sns" else "Notifications"
        elif action == "s3:PutObject":
            yield "ParkedBucket|/parked/x"
        elif action.startswith("sqs:"):
            yield "ReceiptsQueue" if where[0] == "receipts" else _QUEUES[_ROLES[function]]
        elif action == "ses:SendEmail":
            yield "arn:aws:ses:us-east-1:000000000000:identity/example.com"
        else:
            yield "*"

    def _through_lambda(self) -> Iterator[tuple[str, str, str]]:
        """Yield what Lambda does in a role's name: read for it, leave what was given up, write its log."""
        for stack, name, _ in self.synthesis.each("AWS::Logs::LogGroup"):
            yield name.partition("Logs")[0], "logs:PutLogEvents", f"={stack}/{name}"
        for stack, mapping, source in self.synthesis.mappings:
            function = self.synthesis.target(stack, mapping["FunctionName"])
            _, role_id = self.synthesis.resolve(stack, function["Properties"]["Role"])
            role = role_id.partition("Role")[0]
            where = self._plain(stack, mapping["EventSourceArn"])
            yield from ((role, action, f"={where}") for action in _POLLS[source["Type"]])
            if "DestinationConfig" in mapping:
                yield role, "s3:PutObject", "ParkedBucket|/aws/lambda/x"
                yield role, "s3:ListBucket", "ParkedBucket"

    def _with_key(self, role: str, action: str, resource: str) -> Iterator[PolicyCall]:
        if action == "dynamodb:ListStreams":
            resource = f"{resource}/stream/x"
        context = {"s3:ResourceAccount": "000000000000"} if action.startswith("s3:") else {}
        if action == "iam:PassRole":
            context = {"iam:PassedToService": "sns.amazonaws.com"}
        if resource.startswith("+"):
            context = {"aws:RequestedRegion": _PSEUDO["AWS::Region"]}
        if action == "ses:SendEmail":
            context = {"ses:FromAddress": self._sender()}
        yield PolicyCall(action=action, resource=resource, context=context)
        for begins, use in _OF_THE_KEY.items():
            if action.startswith(begins) and not resource.startswith("+"):
                account = role.startswith("Sms") and role != "SmsSender"
                key = self._find("Key", "Ordercast-Account" if account else "-Data")
                via = f"{action.partition(':')[0]}.us-east-1.amazonaws.com"
                yield PolicyCall(action=use, resource=key, context={"kms:ViaService": via})

    def _sender(self) -> str:
        (found,) = (
            statement["Condition"]["StringEquals"]["ses:FromAddress"][0]
            for statement in self.statements()["EmailSender"]
            if statement["Action"] == "ses:SendEmail"
        )
        return str(found)

    def text(self, resource: str) -> str:
        """Return the text of a resource that is named by its construct, with what follows after a bar."""
        if resource.startswith("="):
            return resource[1:]
        if resource.startswith(("*", "+", "arn:")):
            return resource
        name, _, below = resource.partition("|")
        return self._find(name, "") + below

    def _find(self, name: str, stack_like: str) -> str:
        found = [
            f"{stack}/{logical_id}"
            for stack, template in self.synthesis.templates.items()
            for logical_id, resource in template["Resources"].items()
            if logical_id.startswith(name) and stack_like in stack and resource["Type"] in _KINDS
        ]
        assert found, f"no resource is called {name}"
        return found[0]

    def _plain(self, stack: str, value: Any) -> Any:
        """Return *value* without CloudFormation's functions: a resource is "stack/logical id"."""
        match value:
            case {"Ref": name} if name in _PSEUDO:
                return _PSEUDO[name]
            case {"Fn::Join": [between, parts]}:
                return between.join(self._plain(stack, each) for each in parts)
            case (
                {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::GetStackOutput": _}
            ):
                return "/".join(self.synthesis.resolve(stack, value))
            case dict():
                return {key: self._plain(stack, each) for key, each in value.items()}
            case list():
                return [self._plain(stack, each) for each in value]
        return value


_QUEUES = {
    "SmsSender": "SmsNormalQueue",
    "EmailSender": "EmailNormalQueue",
    "Sweeper": "SmsNormalQueue",
}

_KINDS: set[str] = {
    "AWS::DynamoDB::Table",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}
