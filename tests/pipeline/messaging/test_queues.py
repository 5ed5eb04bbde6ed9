"""How long messages wait, and where those go that could not be processed."""

from collections.abc import Iterator

import pytest

from tests.pipeline.synthesis import Resource, Synthesis

pytestmark = pytest.mark.synth


def test_a_message_stays_hidden_for_six_time_outs_and_the_window(synthesis: Synthesis) -> None:
    """Anything less hands a message to a second reader while the first is at it."""
    for stack, mapping, queue in synthesis.queue_mappings:
        function = synthesis.target(stack, mapping["FunctionName"])["Properties"]
        needed = 6 * function["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]
        assert needed <= queue["Properties"]["VisibilityTimeout"]


def test_function_time_out_is_below_the_lease_and_the_lease_below_visibility(
    synthesis: Synthesis,
) -> None:
    """A claim outlives the function that made it, and lapses before the message comes back."""
    leased = 0
    for stack, mapping, queue in synthesis.queue_mappings:
        function = synthesis.target(stack, mapping["FunctionName"])["Properties"]
        lease = function["Environment"]["Variables"].get("CLAIM_LEASE")
        if lease is not None:
            leased += 1
            assert function["Timeout"] < int(lease) < queue["Properties"]["VisibilityTimeout"]
    assert 4 == leased


def test_each_queue_that_is_read_has_dead_letters_that_are_kept_longer(
    synthesis: Synthesis,
) -> None:
    """A message keeps its age when it moves: with equal retention it could vanish at once."""
    for stack, _, queue in synthesis.queue_mappings:
        redrive = queue["Properties"]["RedrivePolicy"]
        dead_letters = synthesis.target(stack, redrive["deadLetterTargetArn"])["Properties"]
        kept = queue["Properties"]["MessageRetentionPeriod"]
        assert dead_letters["MessageRetentionPeriod"] > kept
        assert 5 <= redrive["maxReceiveCount"]


def of_queues(synthesis: Synthesis) -> Iterator[tuple[str, Resource]]:
    """Yield the subscriptions by stack, but those of operators to their alarms."""
    for stack, _, subscription in synthesis.each("AWS::SNS::Subscription"):
        if not stack.endswith("-Observability"):
            yield stack, subscription["Properties"]


def test_operators_alone_get_anything_but_by_a_queue(synthesis: Synthesis) -> None:
    kinds = {
        (stack.rpartition("-")[-1], subscription["Properties"]["Protocol"])
        for stack, _, subscription in synthesis.each("AWS::SNS::Subscription")
    }
    assert kinds <= {("Account", "sqs"), ("Pipeline", "sqs"), ("Observability", "email")}
    assert ("Pipeline", "sqs") in kinds


def test_what_cannot_be_delivered_to_a_queue_is_kept(synthesis: Synthesis) -> None:
    for stack, subscription in of_queues(synthesis):
        undelivered = subscription["RedrivePolicy"]["deadLetterTargetArn"]
        assert "AWS::SQS::Queue" == synthesis.target(stack, undelivered)["Type"]


def test_messages_arrive_as_they_were_published(synthesis: Synthesis) -> None:
    for _, subscription in of_queues(synthesis):
        assert subscription["RawMessageDelivery"] is True


def test_each_channel_and_priority_has_one_queue_of_its_own(synthesis: Synthesis) -> None:
    """High does not wait behind normal, and no notification is delivered to two queues."""
    filters = [
        (*policy["channel"], *policy["priority"])
        for subscription in synthesis.properties("AWS::SNS::Subscription")
        if (policy := subscription.get("FilterPolicy"))
    ]
    both = {(channel, priority) for channel in ("sms", "email") for priority in ("high", "normal")}
    assert both == set(filters)
    assert len(both) == len(filters)


def test_receipts_of_both_providers_arrive_in_one_queue(synthesis: Synthesis) -> None:
    """SES publishes on the stage's topic, the SMS logs on the account's."""
    unfiltered = [
        (stack, each) for stack, each in of_queues(synthesis) if "FilterPolicy" not in each
    ]
    queues = {synthesis.resolve(stack, each["Endpoint"]) for stack, each in unfiltered}
    topics = {synthesis.resolve(stack, each["TopicArn"])[0] for stack, each in unfiltered}
    assert 1 == len(queues)
    assert {"Ordercast-Account", f"Ordercast-{synthesis.stage}-Pipeline"} == topics


def test_lines_that_cannot_be_forwarded_are_kept(synthesis: Synthesis) -> None:
    """CloudWatch Logs invokes asynchronously: without a destination its lines would be lost."""
    configs = {
        synthesis.target(stack, config["Properties"]["FunctionName"])["Properties"]["Handler"]: (
            config["Properties"]
        )
        for stack, _, config in synthesis.each("AWS::Lambda::EventInvokeConfig")
    }
    forwarding = configs["processors.sms_log_forwarder.handler"]
    assert forwarding["DestinationConfig"]["OnFailure"]["Destination"]
    assert 3600 <= forwarding["MaximumEventAgeInSeconds"]
