"""Acknowledge the findings of cdk-nag that stay, each with its reason. Used by test_nag.py.

Mend a finding rather than acknowledging it. A name between < and > is a resource that a policy refers to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One rule, the constructs that it may find, each by its path, and why that is right."""

    rule: str
    at: tuple[str, ...]
    because: str

    @property
    def findings(self) -> Iterator[tuple[str, str]]:
        """Yield rule and construct of each finding."""
        return ((self.rule, path) for path in self.at)


_STREAM_READERS = ("Pipeline/OrderRelay", "Pipeline/Analytics")
_QUEUE_READERS = ("Pipeline/SmsSender", "Pipeline/EmailSender", "Pipeline/ReceiptTracker")
_SCHEDULED = ("Pipeline/Sweeper", "Pipeline/Verifier")
_OF_ACCOUNT = ("Account/SmsLogForwarder", "Account/SmsAttributes")
_QUEUES = ("SmsHigh", "SmsNormal", "EmailHigh", "EmailNormal", "Receipts")
_PROVIDER = "Account/SmsAttributes/Provider/framework-onEvent"


def _functions(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}/Function" for name in names)


def _policies(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}/Role/DefaultPolicy" for name in names)


_EVERY_FUNCTION = _functions(*_STREAM_READERS, *_QUEUE_READERS, *_SCHEDULED, *_OF_ACCOUNT)

FUNCTIONS = (
    Acknowledged(
        rule="AwsSolutions-L1",
        at=_EVERY_FUNCTION,
        because="Functions run Python 3.13, which Lambda supports until 2029 and every package of the bundle is tested with; target.python of a stage names a newer one.",
    ),
    Acknowledged(
        rule="Serverless-LambdaLatestVersion",
        at=_EVERY_FUNCTION,
        because="Functions run Python 3.13, which Lambda supports until 2029 and every package of the bundle is tested with; target.python of a stage names a newer one.",
    ),
    Acknowledged(
        rule="Serverless-LambdaTracing",
        at=(*_EVERY_FUNCTION, _PROVIDER),
        because="A stage that wants traces sets `tracing`; without it logs carry the ids through all functions, and a trace costs more than the rest of an invocation.",
    ),
    Acknowledged(
        rule="Serverless-LambdaDLQ",
        at=_functions(*_STREAM_READERS),
        because="The function is invoked by a stream's mapping alone, whose failure destination is the bucket of parked records; a dead-letter queue of the function would stay empty.",
    ),
    Acknowledged(
        rule="Serverless-LambdaDLQ",
        at=_functions(*_QUEUE_READERS),
        because="The function is invoked by queues' mappings alone, and each queue has its own dead-letter queue with an alarm.",
    ),
    Acknowledged(
        rule="Serverless-LambdaDLQ",
        at=_functions(*_SCHEDULED),
        because="A run of the schedule that failed is worth nothing later: the next one finds the same work on the ledger, and alarms watch for errors and for missing runs.",
    ),
    Acknowledged(
        rule="Serverless-LambdaDLQ",
        at=_functions("Account/SmsLogForwarder"),
        because="What the function could not forward goes to its failure destination, which has the same events as a dead-letter queue and the error besides.",
    ),
    Acknowledged(
        rule="Serverless-LambdaDLQ",
        at=(*_functions("Account/SmsAttributes"), _PROVIDER),
        because="The function works for CloudFormation, which hears of a failure as its answer, shows it, and rolls the deployment back.",
    ),
    Acknowledged(
        rule="Serverless-LambdaDefaultMemorySize",
        at=(_PROVIDER,),
        because="The function is the CDK's own and its memory cannot be set; it hands one request of CloudFormation on and does nothing else.",
    ),
    Acknowledged(
        rule="Serverless-LambdaEventSourceMappingDestination",
        at=tuple(f"Pipeline/{name}/Mapping" for name in _QUEUES),
        because="The mapping reads a queue of SQS, for which Lambda takes no failure destination: what fails stays in the queue and ends in its dead-letter queue.",
    ),
    Acknowledged(
        rule="Serverless-LambdaAsyncFailureDestination",
        at=tuple(f"{name}/Function/Live/EventInvokeConfig" for name in _SCHEDULED),
        because="The event says nothing but which part of the work is due, and the next run of the schedule says it again; the alarm InvocationsDropped watches for lost ones.",
    ),
    Acknowledged(
        rule="Serverless-EventBusDLQ",
        at=tuple(f"{name}/Schedule" for name in _SCHEDULED),
        because="A run that could not be started is worth nothing later, and the alarms SweeperStopped and VerifierStopped watch for missing ones.",
    ),
    Acknowledged(
        rule="Serverless-EventBusDLQ",
        at=("Observability/Heartbeat/Schedule",),
        because="A heartbeat that was not put is what the alarm HeartbeatMissing watches for; sending it later would hide that.",
    ),
)

STORAGE = (
    Acknowledged(
        rule="AwsSolutions-SQS3",
        at=("Account/SmsLogForwarder/Failures", "Pipeline/Undelivered"),
        because="The queue is itself a dead-letter queue, of a function and of the topics' subscriptions; the rule knows only those of other queues.",
    ),
    Acknowledged(
        rule="Serverless-SNSRedrivePolicy",
        at=("Observability/Alarms/EncryptedTopic/EncryptedTopic/operators@example.com",),
        because="A notice that a mailbox does not take is worth nothing later: the alarm itself stays on, and is told again when it is over.",
    ),
    Acknowledged(
        rule="Serverless-SQSRedrivePolicy",
        at=(
            "Account/SmsLogForwarder/Failures",
            "Pipeline/Undelivered",
            *(f"Pipeline/{name}/DeadLetters" for name in _QUEUES),
        ),
        because="The queue is itself a dead-letter queue, with an alarm on its first message; nothing but an operator's redrive reads it.",
    ),
    Acknowledged(
        rule="AwsSolutions-KDS3",
        at=("Data/Orders/Stream",),
        because="Order events are about people, so they are encrypted with the stage's own key, whose policy and use can be seen, although Kinesis has one that is free.",
    ),
    Acknowledged(
        rule="AwsSolutions-SMG4",
        at=("Data/AddressSecret/Secret",),
        because="With another secret no stored hash of an address is found again, and with it no suppression and no opt-out: it is kept for as long as the tables are.",
    ),
    Acknowledged(
        rule="AwsSolutions-S1",
        at=("Data/Parked/Bucket",),
        because="Objects go after two weeks at most and only three roles may read them; who read which is what CloudTrail's data events record, for an account that has them on.",
    ),
)

POLICIES = (
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>"
        ":log-group:sns/<AWS::Region>/<AWS::AccountId>/DirectPublishToPhoneNumber*]",
        at=("Account/SmsLogs/DeliveryStatus/DefaultPolicy",),
        because="SNS dictates the names of its two log groups, which begin alike, and names the streams in them itself.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::*]",
        at=_policies("Account/SmsAttributes"),
        because="SNS's attributes for texts belong to the account, and the calls that read and set them take no resource.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::*]",
        at=_policies(*_SCHEDULED),
        because="A metric of CloudWatch has no ARN and SES's GetAccount takes no resource; these calls only read.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::<SmsAttributesFunction.Arn>:*]",
        at=("Account/SmsAttributes/ProviderRole/DefaultPolicy",),
        because="The CDK lets its provider invoke every version of the one function that it was made for.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::<ParkedBucket.Arn>/aws/lambda/*]",
        at=_policies(*_STREAM_READERS, "Pipeline/Verifier"),
        because="Lambda names the objects with the batches that it gave up, by mapping and time, under this prefix.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::<ParkedBucket.Arn>/parked/*]",
        at=_policies("Pipeline/OrderRelay", "Pipeline/Verifier"),
        because="Each parked record is an object of its own under this prefix, named by its time and its place in the stream.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]",
        at=_policies("Pipeline/EmailSender"),
        because="In the sandbox SES also asks for the recipient's identity; a condition on ses:FromAddress keeps the function to the stage's own senders.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::<LedgerTable.Arn>/stream/*]",
        at=_policies("Pipeline/Analytics"),
        because="The call ListStreams is authorised on all streams of a table and not on one, and a table has one stream at a time.",
    ),
)

_ARN, _HERE = "arn:<AWS::Partition>", "<AWS::Region>:<AWS::AccountId>"
_READER, _ACTS = "Pipeline/Policies/Reader", "Pipeline/Policies/Acts"

_OWN = (
    f"AwsSolutions-IAM5[Resource::{_ARN}:sqs:{_HERE}:Ordercast-prod-Pipeline-*]",
    "AwsSolutions-IAM5[Resource::<ParkedBucket.Arn>/*]",
)
_LOOKED_AT = (
    "AwsSolutions-IAM5[Resource::*]",
    f"AwsSolutions-IAM5[Resource::{_ARN}:logs:{_HERE}:log-group:*]",
    f"AwsSolutions-IAM5[Resource::{_ARN}:ses:*:<AWS::AccountId>:configuration-set/*]",
    f"AwsSolutions-IAM5[Resource::{_ARN}:ses:*:<AWS::AccountId>:identity/*]",
    f"AwsSolutions-IAM5[Resource::{_ARN}:ssm:{_HERE}:parameter/cdk-bootstrap/*]",
)
_INDEXED = ("Customers", "LedgerTable", "ReceiptsTable")
_OF_THE_STAGE = (
    f"AwsSolutions-IAM5[Resource::{_ARN}:sns:{_HERE}:Ordercast-prod-Observability-*]",
    f"AwsSolutions-IAM5[Resource::{_ARN}:sns:{_HERE}:Ordercast-prod-Pipeline-*]",
    f"AwsSolutions-IAM5[Resource::{_ARN}:ssm:{_HERE}:parameter/ordercast/prod/*]",
    *(f"AwsSolutions-IAM5[Resource::<{each}.Arn>/index/*]" for each in _INDEXED),
)

OPERATORS = (
    *(
        Acknowledged(
            rule=rule,
            at=(_READER, _ACTS),
            because="The queues and objects of one stage alone begin like this; each is read, redriven and dropped by an operator, and more of them come and go.",
        )
        for rule in _OWN
    ),
    *(
        Acknowledged(
            rule=rule,
            at=(_READER,),
            because="All topics, parameters and indexes of one stage alone begin like this, and a reader may look at each of them.",
        )
        for rule in _OF_THE_STAGE
    ),
    *(
        Acknowledged(
            rule=rule,
            at=(_READER, _ACTS) if rule.endswith("::*]") else (_READER,),
            because="What belongs to the account has no ARN of the stage: facts that doctor describes, and the providers' own lists, of which an operator removes an address.",
        )
        for rule in _LOOKED_AT
    ),
    Acknowledged(
        rule=f"AwsSolutions-IAM5[Resource::{_ARN}:sms-voice:*:<AWS::AccountId>:opt-out-list/Default]",
        at=(_READER, _ACTS),
        because="It is the account's one opt-out list, in the stage's Region and in the second one where messages take it.",
    ),
    *(
        Acknowledged(
            rule=f"AwsSolutions-IAM5[Action::kms:{action}*]",
            at=(_READER,),
            because="DynamoDB's guide names the two groups of actions in this way, and a condition binds them to the services that use the key for the caller.",
        )
        for action in ("GenerateDataKey", "ReEncrypt")
    ),
)
ACKNOWLEDGED = (*FUNCTIONS, *STORAGE, *POLICIES, *OPERATORS)


def _as_of_analytics(each: Acknowledged) -> Acknowledged:
    """Return the same of the function of status events, which reads the same stream in the same way."""
    at = [path for path in each.at if path.startswith("Pipeline/Analytics/")]
    return replace(each, at=tuple(path.replace("Analytics", "StatusEvents") for path in at))


OPTIONAL = (
    Acknowledged(
        rule="AwsSolutions-S1",
        at=("Account/UsageReports/Bucket",),
        because="SNS alone writes to the bucket, once a day; who reads is what CloudTrail's data events record, for an account that has them on.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sms-voice:<AWS::Region>:<AWS::AccountId>:*]",
        at=_policies("Pipeline/SmsSender"),
        because="Without an origination of its own End User Messaging chooses among all numbers, pools and sender ids of the account; the action does nothing but send a text.",
    ),
    Acknowledged(
        rule="AwsSolutions-IAM5[Resource::*]",
        at=_policies(
            *_STREAM_READERS, "Pipeline/StatusEvents", *_QUEUE_READERS, "Pipeline/Verifier"
        ),
        because="The actions with which Lambda attaches a function to a VPC take no resource, and a condition keeps the function's code from using them.",
    ),
    *(found for each in ACKNOWLEDGED if (found := _as_of_analytics(each)).at),
)
"""Findings of what a stage or an account may switch on (test_options.py)."""

SECOND_REGION = (
    Acknowledged(
        rule="AwsSolutions-SQS3",
        at=("SecondRegion/Undelivered",),
        because="The queue is itself a dead-letter queue, of the topics' subscriptions in the stage's own Region; the rule knows only those of other queues.",
    ),
    Acknowledged(
        rule="Serverless-SQSRedrivePolicy",
        at=("SecondRegion/Undelivered",),
        because="The queue is itself a dead-letter queue, with an alarm on its first message; nothing but an operator reads it.",
    ),
    Acknowledged(
        rule="Serverless-SNSRedrivePolicy",
        at=("SecondRegion/Alarms/EncryptedTopic/EncryptedTopic/operators@example.com",),
        because="A notice that a mailbox does not take is worth nothing later: the alarm itself stays on, and is told again when it is over.",
    ),
)
"""Findings of a stage with a second Region, which no stage of ours has."""
