"""The AWS SDK understands the simulated providers, and other calls reach the emulator unchanged."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.provider_simulator.account_api import AccountApi
from local_cloud.provider_simulator.emulator_client import EmulatorClient
from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.server import Router, server_on
from local_cloud.supervisor.supervisor import listen
from tests.local_cloud.provider_simulator.conftest import Served, silent

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def provider(served: Served) -> Served:
    """The two providers, from where the SDK stands."""
    return served


def an_email(**changes: Any) -> dict[str, Any]:
    return {
        "FromEmailAddress": "orders@example.com",
        "Destination": {"ToAddresses": ["ann@example.org"]},
        "Content": {"Simple": {"Subject": {"Data": "Grüße"}, "Body": {"Text": {"Data": "t"}}}},
        "ConfigurationSetName": "local",
    } | changes


def test_an_email_reaches_the_inbox_by_the_endpoint_variable_alone(provider):
    answer = provider.client("sesv2").send_email(**an_email())

    assert [(answer["MessageId"], "Grüße")] == [(m.message_id, m.subject) for m in provider.inbox]
    assert answer["MessageId"].startswith("0100")


def test_the_account_may_send_as_fast_and_as_much_as_it_likes(provider):
    quota = provider.client("sesv2").get_account()["SendQuota"]

    assert (-1.0, 10_000.0) == (quota["Max24HourSend"], quota["MaxSendRate"])
    assert [] == provider.calls


def test_every_answer_says_that_it_is_a_simulation(provider):
    answer = provider.client("sns").publish(PhoneNumber="+12065550100", Message="hi")

    assert "simulation" in answer["ResponseMetadata"]["HTTPHeaders"]["server"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"ConfigurationSetName": "other"}, "NotFoundException"),
        ({"FromEmailAddress": "orders@other.example"}, "MessageRejected"),
        ({"EmailTags": [{"Name": "a", "Value": "#"}]}, "BadRequestException"),
    ],
)
def test_a_refused_email_raises_the_sdks_own_exception(provider, changes, error):
    ses = provider.client("sesv2")

    with pytest.raises(getattr(ses.exceptions, error)):
        ses.send_email(**an_email(**changes))


def test_a_text_message_reaches_the_inbox_with_its_attributes(provider):
    answer = provider.client("sns").publish(
        PhoneNumber="+12065550100",
        Message="ordered: 2 × tea & milk",  # noqa: RUF001
        MessageAttributes={
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.05"},
        },
    )

    (kept,) = provider.inbox
    assert (answer["MessageId"], "ordered: 2 × tea & milk") == (kept.message_id, kept.text)  # noqa: RUF001
    assert {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.MaxPrice": "0.05"} == (
        kept.attributes
    )
    assert [] == provider.calls


def test_a_refused_text_message_raises_the_sdks_own_exception(provider):
    sns = provider.client("sns")

    with pytest.raises(sns.exceptions.InvalidParameterException) as refused:
        sns.publish(PhoneNumber="12", Message="hi")

    assert 400 == refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert [] == provider.inbox


def test_a_topics_message_is_passed_on_byte_for_byte(provider):
    topic = "arn:aws:sns:us-east-1:000000000000:notifications"
    sent: list[Any] = []
    sns = provider.client("sns")
    sns.meta.events.register("before-send.sns", lambda request, **_: sent.append(request))

    answer = sns.publish(TopicArn=topic, Message="a & b = ü")

    ((method, path, headers, body),) = provider.calls
    (request,) = sent
    assert ("POST", "/", request.body.encode()) == (method, path, body)
    own = {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }
    assert own.items() <= headers.items()
    assert "from-emulator" == answer["MessageId"]
    assert "itself" == answer["ResponseMetadata"]["HTTPHeaders"]["x-emulator"]
    assert [] == provider.inbox


def test_other_calls_to_ses_are_passed_on(provider):
    with pytest.raises(ClientError) as refused:
        provider.client("sesv2").get_email_template(TemplateName="none")

    assert ("GET", "/v2/email/templates/none") == provider.calls[0][:2]
    assert "NotFoundException" == refused.value.response["Error"]["Code"]


def test_a_publish_to_both_a_number_and_a_topic_is_forwarded(provider):
    provider.client("sns").publish(
        TopicArn="arn:aws:sns:us-east-1:000000000000:notifications",
        PhoneNumber="+12065550100",
        Message="x",
    )

    assert 1 == len(provider.calls)
    assert [] == provider.inbox


def test_an_emulator_that_does_not_answer_is_a_passing_error_to_the_sdk(tmp_path):
    nothing = EmulatorClient("http://127.0.0.1:1")
    account = AccountApi(folder=tmp_path, forward=nothing.pass_on)
    faults = ActiveFaults(now=lambda: datetime.now(UTC))
    router = Router(api=None, account=account, emulator=nothing, faults=faults, log=silent)  # type: ignore[arg-type]  # the API is not called
    provider = server_on(listen(), router)
    threading.Thread(target=provider.serve_forever, args=(0.01,), daemon=True).start()
    sns = boto3.client(
        "sns",
        endpoint_url=f"http://127.0.0.1:{provider.server_address[1]}",
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106
        config=Config(retries={"total_max_attempts": 1}),
    )

    with pytest.raises(ClientError) as refused:
        sns.list_topics()

    provider.shutdown()
    provider.server_close()
    assert 503 == refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert "ServiceUnavailable" == refused.value.response["Error"]["Code"]


def test_messages_that_come_at_once_are_all_kept_whole(provider):
    sns = provider.client("sns")
    senders = [
        threading.Thread(
            target=sns.publish, kwargs={"PhoneNumber": f"+120655501{n:02}", "Message": "x" * 1600}
        )
        for n in range(20)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert {f"+120655501{n:02}" for n in range(20)} == {m.to for m in provider.inbox}
    lines = (provider.folder / "messages.jsonl").read_text().splitlines()
    assert all(json.loads(line)["simulated"] for line in lines)
