"""cdk.json is read whole, or refused with one line that names the field."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from pipeline.cdk_json import BadStage, read_account, read_stage
from tests.pipeline.synthesis import STAGES, cdk_context


@pytest.fixture
def stages() -> dict[str, Any]:
    """cdk.json's own, to be spoilt by a test."""
    return copy.deepcopy(cdk_context()["stages"])


@pytest.mark.parametrize("name", STAGES)
def test_the_stages_in_the_checkout_can_be_used(stages: dict[str, Any], name: str) -> None:
    assert name == read_stage(stages, name).name


def test_without_a_word_the_stage_is_dev() -> None:
    """The one whose deployment by mistake costs least."""
    assert "dev" == cdk_context()["stage"]


def test_spans_are_read_in_their_units(stages: dict[str, Any]) -> None:
    stages["dev"] |= {"claim_lease": "90 s", "republish_after": "5 min", "retention": "30 d"}
    stages["dev"]["order_relay"]["max_age"] = "6 h"

    stage = read_stage(stages, "dev")

    assert timedelta(seconds=90) == stage.claim_lease
    assert timedelta(minutes=5) == stage.republish_after
    assert timedelta(days=30) == stage.retention
    assert timedelta(hours=6) == stage.order_relay.max_age


def test_a_value_that_cdk_dropped_because_it_was_null_is_none(stages: dict[str, Any]) -> None:
    del stages["prod"]["alarms"]["email"]
    assert read_stage(stages, "prod").alarms.email is None


@pytest.mark.parametrize("name", ["prd", None, "", ["dev"]])
def test_an_unknown_stage_is_answered_with_the_known_ones(
    stages: dict[str, Any], name: object
) -> None:
    with pytest.raises(BadStage, match=r"cdk\.json knows local, dev, prod$"):
        read_stage(stages, name)


def test_a_missing_field_is_named(stages: dict[str, Any]) -> None:
    del stages["dev"]["order_relay"]["memory"]
    assert "cdk.json: stages.dev.order_relay.memory is missing" == _refusal(stages)


def test_a_misspelt_field_is_named_with_the_ones_there_are(stages: dict[str, Any]) -> None:
    stages["dev"]["queues"]["retension"] = 5
    assert _refusal(stages) == (
        "cdk.json: stages.dev.queues.retension is not known; stages.dev.queues has "
        "retention, dead_letter_retention"
    )


@pytest.mark.parametrize(
    ("field", "value", "answer"),
    [
        ("claim_lease", "90", 'is "90", not a duration such as "30 s", "5 min" or "14 d"'),
        ("claim_lease", 90, 'is 90, not a duration such as "30 s", "5 min" or "14 d"'),
        ("removal", "drop", 'is "drop", not one of destroy, retain'),
        ("removal", ["destroy"], 'is ["destroy"], not one of destroy, retain'),
        ("deletion_protection", "yes", 'is "yes", not true or false'),
        ("sender_id", 7, "is 7, not a text"),
        ("orders", [], "is [], not an object"),
        ("email_from", "orders@example.net", "must be an address at dev.example.com"),
        ("parked_retention", "15 d", "must lie between 1 and 14 days"),
        ("parked_retention", "23 h", "must lie between 1 and 14 days"),
        ("claim_lease", "30 s", "must lie between sms_sender.timeout and 6 times that"),
        ("claim_lease", "180 s", "must lie between sms_sender.timeout and 6 times that"),
        ("receipt_retention", "72 h", "must be longer than silence_after"),
        ("cap", 0, "must be 1 or more"),
        ("cap", "20", 'is "20", not a whole number'),
        (
            "quiet_hours",
            "21-8",
            "is not two times of the day such as 21:00-08:00, nor empty",
        ),
        (
            "quiet_hours",
            "21:00-24:00",
            "is not two times of the day such as 21:00-08:00, nor empty",
        ),
        (
            "quiet_hours",
            "21:00-21:00",
            "is not two different times of the day, nor empty",
        ),
        ("quiet_hours", None, "is null, not a text"),
        ("allowed_recipients", " , ", 'names nobody; everybody is "*"'),
        ("resend_email_after", "5 s", "must be 0 s or above receipt_tracker.window"),
        (
            "log_retention",
            "8 d",
            "must be one of [1, 3, 5, 7, 14, 30, 60, 90, 180, 365] days",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_one_line(
    stages: dict[str, Any], field: str, value: object, answer: str
) -> None:
    stages["dev"][field] = value
    assert f"cdk.json: stages.dev.{field} {answer}" == _refusal(stages)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("default_country", ["us", "USA", "", "U", "1A", "ÄÖ", "US\n"]),
        ("default_currency", ["usd", "US", "", "DOLLAR", "U5D"]),
        ("default_time_zone", ["", "EST5", "New York", "Europe/Stockolm", "../UTC", "America"]),
        ("sender_id", ["123", "TWELVELETTERS", "My Shop", "Ümlaut", "SHOP-1", "SHOP\n"]),
    ],
)
def test_a_word_that_would_fail_only_when_a_message_is_sent_is_refused(
    stages: dict[str, Any], field: str, values: list[str]
) -> None:
    for value in values:
        stages["dev"][field] = value
        assert _refusal(stages).startswith(f"cdk.json: stages.dev.{field} must be "), value


@pytest.mark.parametrize("value", ["", "A", "SHOP", "4Shops", "1234567890x"])
def test_a_sender_id_is_empty_or_what_a_network_can_show(
    stages: dict[str, Any], value: str
) -> None:
    stages["dev"]["sender_id"] = value
    assert value == read_stage(stages, "dev").sender_id


@pytest.mark.parametrize(
    ("part", "field", "value", "names"),
    [
        ("orders", "shards", None, "orders.shards"),
        ("orders", "mode", "on-demand", "orders.shards"),
        ("orders", "shards", True, "orders.shards"),
        ("order_relay", "max_age", "24 h", "order_relay.max_age"),
        ("order_relay", "behind", "6 h", "order_relay.max_age"),
        ("analytics", "max_age", "24 h", "analytics.max_age"),
        ("receipt_tracker", "window", "0 s", "receipt_tracker.window"),
        ("sms_sender", "window", "0 s", "sms_sender.window"),
        ("sms_sender", "max_receives", 0, "sms_sender.max_receives"),
        ("receipt_tracker", "max_receives", 1001, "receipt_tracker.max_receives"),
        ("sms_sender", "timeout", "15 s", "sms_sender.timeout"),
        ("email_sender", "timeout", "15 s", "email_sender.timeout"),
        ("queues", "dead_letter_retention", "4 d", "queues.dead_letter_retention"),
    ],
)
def test_numbers_that_would_lose_messages_together_are_refused(
    stages: dict[str, Any], part: str, field: str, value: object, names: str
) -> None:
    stages["dev"][part][field] = value
    refusal = _refusal(stages)
    assert refusal.startswith(f"cdk.json: stages.dev.{names} ")
    assert "\n" not in refusal


@pytest.mark.parametrize(
    ("value", "answer"), [("8 weeks", 'is "8 weeks", not a'), ("8 d", "must be one of")]
)
def test_the_accounts_numbers_are_checked_alike(value: str, answer: str) -> None:
    account = copy.deepcopy(cdk_context()["account"])
    account["sms_log_retention"] = value
    with pytest.raises(BadStage, match=rf"^cdk.json: account\.sms_log_retention {answer}"):
        read_account(account)


def _refusal(stages: dict[str, Any]) -> str:
    with pytest.raises(BadStage) as refused:
        read_stage(stages, "dev")
    return str(refused.value)
