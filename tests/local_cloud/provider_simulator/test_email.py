"""Simulated SES: which e-mails it accepts and refuses, and which events follow."""

import pytest

from local_cloud.inbox import read_inbox
from local_cloud.provider_simulator.emulator_client import EventTopic
from local_cloud.provider_simulator.errors import Refused
from tests.local_cloud.provider_simulator.offline import NOON, TOPIC, an_email, shape, to
from tests.recorded import recording


def test_an_email_is_kept_with_all_that_was_sent(simulator):
    message_id = simulator.api.send_email(an_email())

    (kept,) = read_inbox(simulator.folder)
    assert ("email", message_id, "ann@example.org") == (kept.channel, kept.message_id, kept.to)
    assert ("Order o-1", "text", "<p>html</p>") == (kept.subject, kept.text, kept.html)
    assert {"notification_id": "n_1-a"} == kept.tags
    assert "local" == kept.configuration_set
    assert {"List-Unsubscribe": "<https://example.com/u>"} == kept.attributes
    assert NOON == kept.at


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"FromEmailAddress": ""}, "BadRequestException"),
        ({"FromEmailAddress": "orders@elsewhere.example"}, "MessageRejected"),
        ({"Destination": {}}, "BadRequestException"),
        (to("nobody"), "BadRequestException"),
        (to("änn@example.org"), "BadRequestException"),
        ({"Destination": {"ToAddresses": ["a@example.org"] * 51}}, "BadRequestException"),
        ({"Content": {"Raw": {"Data": "eA=="}}}, "BadRequestException"),
        ({"Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {}}}}, "BadRequestException"),
        ({"EmailTags": [{"Name": "a", "Value": "order#1"}]}, "BadRequestException"),
        ({"EmailTags": [{"Name": "a:b", "Value": "1"}]}, "BadRequestException"),
        ({"EmailTags": [{"Name": "a", "Value": "x" * 257}]}, "BadRequestException"),
        ({"ConfigurationSetName": "unknown"}, "NotFoundException"),
    ],
)
def test_an_email_that_ses_would_refuse_is_refused_and_not_kept(simulator, changes, code):
    with pytest.raises(Refused) as refused:
        simulator.api.send_email(an_email(**changes))

    assert code == refused.value.code
    assert [] == read_inbox(simulator.folder)


def test_a_tag_of_256_characters_is_accepted(simulator):
    simulator.api.send_email(an_email(EmailTags=[{"Name": "a", "Value": "x" * 256}]))

    assert 1 == len(read_inbox(simulator.folder))


def test_receipts_come_when_the_delay_has_passed_and_not_before(simulator):
    simulator.api.send_email(an_email())

    simulator.after(1.9)
    assert [] == simulator.kinds()
    simulator.after(2)
    assert [("Send", None), ("Delivery", None)] == simulator.kinds()


@pytest.mark.parametrize(
    ("local_part", "kinds"),
    [
        ("success", [("Delivery", None)]),
        ("bounce", [("Bounce", "General")]),
        ("bounce+order-7", [("Bounce", "General")]),
        ("complaint", [("Delivery", None), ("Complaint", None)]),
        ("ooto", [("Delivery", None), ("Bounce", "General")]),
        ("suppressionlist", [("Bounce", "OnAccountSuppressionList")]),
    ],
)
def test_the_mailbox_simulators_addresses_decide_the_receipts(simulator, local_part, kinds):
    simulator.api.send_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    simulator.after(2)
    simulator.after(4)

    assert [("Send", None), *kinds] == simulator.kinds()


def test_the_simulators_names_mean_nothing_in_another_domain(simulator):
    simulator.api.send_email(an_email(**to("bounce@example.org")))
    simulator.after(4)

    assert [("Send", None), ("Delivery", None)] == simulator.kinds()


def test_an_out_of_office_reply_is_a_transient_bounce_and_an_unknown_user_a_permanent_one(
    simulator,
):
    simulator.api.send_email(an_email(**to("ooto@simulator.amazonses.com")))
    simulator.api.send_email(an_email(**to("bounce@simulator.amazonses.com")))
    simulator.after(4)

    bounces = {
        e["mail"]["destination"][0].partition("@")[0]: e["bounce"]["bounceType"]
        for e in simulator.cloud.events
        if "bounce" in e
    }
    assert {"ooto": "Transient", "bounce": "Permanent"} == bounces


def test_events_carry_the_message_id_and_the_tags_as_lists(simulator):
    message_id = simulator.api.send_email(an_email())
    simulator.after(2)

    for event in simulator.cloud.events:
        assert message_id == event["mail"]["messageId"]
        assert ["n_1-a"] == event["mail"]["tags"]["notification_id"]
        assert ["local"] == event["mail"]["tags"]["ses:configuration-set"]


@pytest.mark.parametrize(
    ("local_part", "name"),
    [
        ("success", "ses_event_delivery"),
        ("bounce", "ses_event_bounce"),
        ("suppressionlist", "ses_event_bounce_suppressed"),
        ("complaint", "ses_event_complaint"),
    ],
)
def test_events_have_the_shape_of_those_from_aws(simulator, local_part, name):
    simulator.api.send_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    simulator.after(4)

    ours, theirs = shape(simulator.cloud.events[-1]), shape(recording(name))
    for document in (ours, theirs):
        document["mail"]["tags"] = shape({"tag": ["value"]})  # tags are each sender's own
    assert theirs == ours


def test_a_send_event_has_the_shape_of_those_from_aws(simulator):
    simulator.api.send_email(an_email())
    simulator.after(2)

    assert shape(recording("ses_event_send")).keys() == shape(simulator.cloud.events[0]).keys()
    assert {} == simulator.cloud.events[0]["send"]


def test_without_a_configuration_set_there_are_no_events(simulator):
    simulator.api.send_email(an_email(ConfigurationSetName=None))
    simulator.after(9)

    assert [] == simulator.kinds()
    assert 1 == len(read_inbox(simulator.folder))


def test_only_the_event_types_a_destination_asks_for_are_published(simulator):
    simulator.cloud.topics = [EventTopic(arn=TOPIC, kinds=frozenset({"BOUNCE"}))]
    simulator.api.send_email(an_email())
    simulator.api.send_email(an_email(**to("bounce@simulator.amazonses.com")))
    simulator.after(2)

    assert [("Bounce", "General")] == simulator.kinds()
