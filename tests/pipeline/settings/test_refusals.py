"""Settings that cannot be used are refused with one line: file, field, value, what is taken instead."""

from pathlib import Path

import pytest

from pipeline.settings.files import BadStage, read_account, read_stage
from tests.pipeline.settings.conftest import refusal, trial


@pytest.mark.parametrize("name", ["prd", None, "", ["dev"], "default", "account"])
def test_an_unknown_stage_is_answered_with_the_known_ones(name: object) -> None:
    with pytest.raises(BadStage, match=r"stages/ has dev, local, prod$"):
        read_stage(name)


def test_a_missing_field_is_named_with_what_it_is(folder: Path) -> None:
    trial(folder, 'mail_domain = "example.com"\n', named=False)
    assert "stages/trial.toml: email_from is missing; it is a text in quotes" == refusal(folder)


@pytest.mark.parametrize(
    ("written", "misspelt", "nearest"),
    [
        ("[queues]\nretension = 5", "queues.retension", "queues.retention"),
        ('quiet_hour = ""', "quiet_hour", "quiet_hours"),
        ("[alarm]\nerrors = 3", "alarm", "alarms"),
    ],
)
def test_a_misspelt_field_is_answered_with_the_nearest_name(
    folder: Path, written: str, misspelt: str, nearest: str
) -> None:
    trial(folder, written)
    expected = f"stages/trial.toml: {misspelt} is not known; the nearest name is {nearest}"
    assert expected == refusal(folder)


def test_a_file_that_is_not_toml_is_named_with_the_place(folder: Path) -> None:
    trial(folder, "cap = twenty\n")
    assert refusal(folder).startswith("stages/trial.toml: Invalid value (at line 3, column 7)")


def test_a_value_that_the_default_brings_is_looked_for_there(folder: Path) -> None:
    default = folder / "default.toml"
    default.write_text(default.read_text().replace("\ncap = 20", "\ncap = 0"))
    expected = "cap is 0, not a whole number of 1 or more (stage trial)"
    assert f"stages/default.toml: {expected}" == refusal(folder)


DURATION = 'not a duration such as "30 s", "5 min" or "14 d"'
LOG_DAYS = "but it must be one of [1, 3, 5, 7, 14, 30, 60, 90, 180, 365] days"
BETWEEN = "but it must lie between sms_sender.timeout and 6 times that"
ANSWERED = "but it must be longer than queues.retention and receipt_timeout together"
RESENT_BEFORE = (
    "but it must be longer than resend_email_after, republish_after, sweep_every and 1 min together"
)
NO_PRICE = "such as NO 0.09: the price list has no price for it"
TWO_TIMES = "but it must be empty or two times: not two times of the day such as 21:00-08:00"


@pytest.mark.parametrize(
    ("field", "value", "answer"),
    [
        ("claim_lease", '"90"', DURATION),
        ("claim_lease", "90", DURATION),
        ("claim_lease", '"PT90S"', DURATION),
        ("claim_lease", '"-90 s"', DURATION),
        ("removal", '"drop"', 'not "destroy" or "retain"'),
        ("removal", '["destroy"]', 'not "destroy" or "retain"'),
        ("deletion_protection", '"yes"', "not true or false"),
        ("sender_id", "7", 'not "", or 1 to 11 letters and digits with a letter among them'),
        ("orders", "[]", "not a table"),
        ("email_from", '"orders@example.net"', "but it must be an address at example.com"),
        ("parked_retention", '"15 d"', "but it must lie between 1 and 14 days"),
        ("parked_retention", '"23 h"', "but it must lie between 1 and 14 days"),
        ("claim_lease", '"60 s"', BETWEEN),
        ("claim_lease", '"360 s"', BETWEEN),
        ("receipt_retention", '"72 h"', "but it must be longer than receipt_timeout"),
        ("region", '"Frankfurt"', 'not "", or a Region of AWS such as "eu-west-1"'),
        ("owner", '""', "not 1 to 256 letters, digits, spaces and any of _.:/=+-@"),
        ("cap", "0", "not a whole number of 1 or more"),
        ("velocity_floor", "-5", "not a whole number of 0 or more"),
        ("velocity_factor", "0", "not a whole number of 1 or more"),
        ("cap", '"20"', "not a whole number of 1 or more"),
        ("cap", "true", "not a whole number of 1 or more"),
        ("quiet_hours", '"21-8"', TWO_TIMES),
        ("quiet_hours", '"21:00-24:00"', TWO_TIMES),
        (
            "quiet_hours",
            '"21:00-21:00"',
            "but it must be empty or two times: not two different times of the day",
        ),
        ("promotional_quiet_hours", '"21-8"', TWO_TIMES),
        ("price_factor", "0.9", "but it must lie between 1 and 10"),
        ("price_factor", "15", "but it must lie between 1 and 10"),
        ("price_factor", '"much"', "not a number such as 1.5"),
        (
            "email_plan",
            '"pro"',
            "but it must have a price: add it to ordercast/sending/prices.json",
        ),
        ("email_plan", '"basic"', 'not "none" or "essentials" or "pro" or "enterprise"'),
        ("email_tls", '"never"', 'not "require" or "optional"'),
        (
            "countries",
            '"US; CA"',
            "but it must name countries, such as US, CA, NO 0.09: US; CA is none",
        ),
        (
            "countries",
            '"US, US"',
            "but it must name countries, such as US, CA, NO 0.09: US is named twice",
        ),
        ("countries", '"US, NO"', f"but it must name the ceiling of a part for NO, {NO_PRICE}"),
        ("countries", '"NO 0.0"', f"but it must name the ceiling of a part for NO, {NO_PRICE}"),
        (
            "countries",
            '"US 0.0"',
            "but it must not set the ceiling for US below its price, 0.01002",
        ),
        ("countries", '"US, UK 0.05"', "but it must name countries of ISO 3166-1: UK is none"),
        (
            "countries",
            '"JP 0.05"',
            "but it must not set the ceiling for JP below its price, 0.06860",
        ),
        ("allowed_recipients", '" , "', 'but it must allow somebody; everybody is "*"'),
        ("resend_email_after", '"5 s"', "but it must be 0 s or above receipt_tracker.window"),
        ("receipt_timeout", '"6 min"', "but it must be longer than 3 times claim_lease"),
        ("receipt_timeout", '"157 min"', RESENT_BEFORE),
        ("retention", '"7 d"', ANSWERED),
        ("sweep_every", '"30 s"', "but it must be 1 min or more, in whole minutes"),
        ("sweep_every", '"90 s"', "but it must be 1 min or more, in whole minutes"),
        (
            "republish_after",
            '"60 s"',
            "but it must be longer than the timeout of either sender",
        ),
        ("log_retention", '"8 d"', LOG_DAYS),
        ("second_look", '"20 s"', "but it must be longer than analytics.window"),
        ("heartbeat_every", '"30 s"', "but it must be 0 s, or 1 min or more"),
        (
            "heartbeat_every",
            '"2 min"',
            "but it asks for more messages an hour than the cap lets pass",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_one_line(
    folder: Path, field: str, value: str, answer: str
) -> None:
    addresses = {"mail_domain": '"example.com"', "email_from": '"orders@example.com"', field: value}
    trial(folder, "\n".join(f"{name} = {each}" for name, each in addresses.items()), named=False)
    assert f"stages/trial.toml: {field} is {value}, {answer}" == refusal(folder)


@pytest.mark.parametrize(
    ("table", "setting", "names"),
    [
        ("orders", 'mode = "provisioned"', "orders.shards"),
        ("orders", "shards = 2", "orders.shards"),
        ("orders", "shards = true", "orders.shards"),
        ("order_relay", 'max_age = "72 h"', "order_relay.max_age"),
        ("order_relay", 'behind = "12 h"', "order_relay.max_age"),
        ("analytics", 'max_age = "24 h"', "analytics.max_age"),
        ("receipt_tracker", 'window = "0 s"', "receipt_tracker.window"),
        ("sms_sender", 'window = "0 s"', "sms_sender.window"),
        ("sms_sender", "max_receives = 0", "sms_sender.max_receives"),
        ("sms_sender", "max_receives = 12", "sms_sender.max_receives"),
        ("email_sender", "max_receives = 1", "email_sender.max_receives"),
        ("receipt_tracker", "max_receives = 1", "receipt_tracker.max_receives"),
        ("sms_sender", "rate = 3\nshare = 25", "sms_sender.share"),
        ("receipt_tracker", "max_receives = 1001", "receipt_tracker.max_receives"),
        ("sms_sender", 'timeout = "15 s"', "claim_lease"),
        ("email_sender", 'timeout = "15 s"', "claim_lease"),
        ("queues", 'dead_letter_retention = "4 d"', "queues.dead_letter_retention"),
        ("queues", 'retention = "150 min"', "resend_email_after"),
        ("sweeper", 'timeout = "60 s"', "sweeper.timeout"),
        ("network", 'addresses = "8.8.8.0/22"', "network.addresses"),
        ("network", 'addresses = "10.0.0.1/22"', "network.addresses"),
        ("network", 'addresses = "10.0.0.0/8"', "network.addresses"),
        ("network", 'addresses = "all"', "network.addresses"),
    ],
)
def test_settings_that_would_lose_messages_together_are_refused(
    folder: Path, table: str, setting: str, names: str
) -> None:
    trial(folder, f"[{table}]\n{setting}\n")
    answer = refusal(folder)
    assert f": {names} is " in answer
    assert "\n" not in answer


@pytest.mark.parametrize("name", ["sms_sender", "email_sender"])
def test_a_sender_without_time_for_one_wave_is_refused(folder: Path, name: str) -> None:
    trial(folder, f'claim_lease = "80 s"\n[{name}]\ntimeout = "15 s"\n')
    expected = 'is "15 s", but it must be above 15 s, what sending takes'
    assert f"stages/trial.toml: {name}.timeout {expected}" == refusal(folder)


@pytest.mark.parametrize("timeout", ["10 s", "60 s"])
def test_a_sweeper_without_time_for_a_round_or_that_overlaps_is_refused(
    folder: Path, timeout: str
) -> None:
    trial(folder, f'[sweeper]\ntimeout = "{timeout}"\n')
    expected = f'is "{timeout}", but it must lie between 10 s and sweep_every'
    assert f"stages/trial.toml: sweeper.timeout {expected}" == refusal(folder)


@pytest.mark.parametrize(
    ("value", "answer"), [("8 weeks", f'is "8 weeks", {DURATION}'), ("8 d", LOG_DAYS)]
)
def test_the_accounts_settings_are_checked_alike(folder: Path, value: str, answer: str) -> None:
    account = folder / "account.toml"
    account.write_text(
        account.read_text().replace(
            '\nsms_log_retention = "14 d"', f'\nsms_log_retention = "{value}"'
        )
    )
    with pytest.raises(BadStage) as refused:
        read_account(folder)
    assert str(refused.value).startswith("stages/account.toml: sms_log_retention is ")
    assert str(refused.value).endswith(answer)
