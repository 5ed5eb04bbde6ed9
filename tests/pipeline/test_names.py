"""CloudFormation names every resource, so that stages and replacements do not collide."""

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SES::ConfigurationSet": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}


def test_cloudformation_names_everything(synthesis: Synthesis) -> None:
    """A fixed name collides on replacement and with a second stage.

    SNS dictates two of them; stages of other Regions have to know the topic of an account.
    """
    named = [
        str(resource["Properties"][name])
        for kind, name in NAMES.items()
        for _, _, resource in synthesis.each(kind)
        if name in resource["Properties"]
    ]
    named.remove("ordercast-sms-receipts")
    assert 2 == len(named)
    assert all("/DirectPublishToPhoneNumber" in name for name in named)
