"""Files of stages are read whole, or refused with one line: file, field, value, what is taken instead."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import CHECKOUT, stage_names
from ordercast.templates.statuses import TEMPLATES
from ordercast.typed_values import read_settings, written_settings
from pipeline.settings import files
from pipeline.settings.checks import ATTEMPTS
from pipeline.settings.files import BadStage, read_account, read_stage, read_targets
from tests.pipeline.synthesis import STAGES, cdk_context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The checkout's stages, and a stage of a test's own."""
    shutil.copytree(CHECKOUT, tmp_path / "stages")
    trial(tmp_path / "stages", "")
    return tmp_path / "stages"


def trial(folder: Path, written: str, *, named: bool = True) -> None:
    """Write stages/trial.toml: what every stage must name, and *written* after it."""
    names = 'mail_domain = "example.com"\nemail_from = "orders@example.com"\n' if named else ""
    (folder / "trial.toml").write_text(names + written)


@pytest.mark.parametrize("name", STAGES)
def test_the_stages_in_the_checkout_can_be_used(name: str) -> None:
    assert name == read_stage(name).name


@pytest.mark.parametrize("name", STAGES)
def test_what_is_written_for_the_commands_is_read_back_and_fits_a_parameter(name: str) -> None:
    """SSM keeps 4 KB in a standard parameter."""
    stage = read_stage(name)
    written = written_settings(stage)
    assert stage == read_settings(StageSettings, json.loads(written))
    assert 3000 > len(written)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_says_nothing_that_the_default_says(name: str) -> None:
    default, own = files._toml("default", CHECKOUT), files._toml(name, CHECKOUT)  # noqa: SLF001
    for field, value in own.items():
        inherited = default.get(field)
        assert value != inherited, field
        if isinstance(value, dict):
            assert not inherited.items() & value.items(), field  # type: ignore[union-attr]  # a table, as in the stage


def test_a_message_is_parked_before_it_is_received_too_often() -> None:
    assert MAX_ATTEMPTS == ATTEMPTS


def test_without_a_word_the_stage_is_dev() -> None:
    """The one whose deployment by mistake costs least."""
    assert "dev" == cdk_context()["stage"]


def test_every_file_but_the_shared_two_is_a_stage(folder: Path) -> None:
    assert ["dev", "local", "prod"] == stage_names()
    assert ["dev", "local", "prod", "trial"] == stage_names(folder)


def test_a_new_stage_keeps_its_data_and_writes_to_nobody_real(folder: Path) -> None:
    """Its two addresses are all that it must name."""
    stage = read_stage("trial", folder)
    assert ("retain", True) == (stage.removal, stage.deletion_protection)
    assert "*@simulator.amazonses.com" == stage.allowed_recipients


def test_a_stage_lays_its_own_over_the_default_table_by_table(folder: Path) -> None:
    trial(folder, 'claim_lease = "90 s"\n[order_relay]\nmax_age = "6 h"\n')
    stage, default = read_stage("trial", folder), read_stage("prod", folder)

    assert timedelta(seconds=90) == stage.claim_lease
    assert timedelta(hours=6) == stage.order_relay.max_age
    assert default.order_relay.memory == stage.order_relay.memory


def test_durations_are_read_in_their_units(folder: Path) -> None:
    trial(folder, 'claim_lease = "90 s"\nrepublish_after = "7 min"\nretention = "31 d"\n')
    stage = read_stage("trial", folder)

    assert timedelta(seconds=90) == stage.claim_lease
    assert timedelta(minutes=7) == stage.republish_after
    assert timedelta(days=31) == stage.retention


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


FOR_INDIA = "because countries names IN"
ALL_BUT_ONE = f"{FOR_INDIA}: not for " + ", ".join(n for n in TEMPLATES if n != "confirmed")
PAIRS = "name templates and their ids"


@pytest.mark.parametrize(
    ("entity_id", "template_ids", "answer"),
    [
        ("", "", f'entity_id is "", but it must be your entity\'s id, {FOR_INDIA}'),
        ("PE-1", "", 'entity_id is "PE-1", not "", or up to 50 digits'),
        (
            "11",
            "confirmed 12",
            f'template_ids is "confirmed 12", but it must name an id for each, {ALL_BUT_ONE}',
        ),
        (
            "11",
            "welcome 12",
            f'template_ids is "welcome 12", but it must {PAIRS}: welcome 12 is none',
        ),
    ],
)
def test_india_is_opened_only_with_the_ids_of_its_registration(
    folder: Path, entity_id: str, template_ids: str, answer: str
) -> None:
    india = f'[india]\nentity_id = "{entity_id}"\ntemplate_ids = "{template_ids}"\n'
    trial(folder, f'countries = "US, IN"\n{india}')
    assert f"stages/trial.toml: india.{answer}" == refusal(folder)


def test_india_is_opened_with_an_id_for_each_template(folder: Path) -> None:
    ids = ", ".join(f"{name} 110700000000000000{n}" for n, name in enumerate(TEMPLATES))
    trial(folder, f'countries = "US, IN"\n[india]\nentity_id = "11"\ntemplate_ids = "{ids}"\n')
    assert ids == read_stage("trial", folder).india.template_ids


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("default_country", ["us", "USA", "", "U", "1A", "ÄÖ", "US\n"]),
        ("default_currency", ["usd", "US", "", "DOLLAR", "U5D"]),
        ("default_time_zone", ["", "EST5", "New York", "Europe/Stockolm", "../UTC", "America"]),
        ("unsubscribe_url", ["http://example.com/{id}", "https://example.com", "https://<{id}>"]),
        ("unsubscribe_mailbox", ["example.com", "a@b@example.com", "a b@example.com", "<a@b>"]),
        ("sender_id", ["123", "TWELVELETTERS", "My Shop", "Ümlaut", "SHOP-1", "SHOP\n"]),
    ],
)
def test_a_word_that_would_fail_only_when_a_message_is_sent_is_refused(
    folder: Path, field: str, values: list[str]
) -> None:
    for value in values:
        trial(folder, f"{field} = {json.dumps(value, ensure_ascii=False)}")
        found = f"stages/trial.toml: {field} is {json.dumps(value)}, "
        assert refusal(folder).startswith(found), value


@pytest.mark.parametrize(
    ("synonyms", "problem"),
    [
        ("klar deliverd", "deliverd is none of confirmed, shipped, "),
        ("delivered", "delivered is not a word and its status"),
        ("klar shipped, Klar delivered", "Klar has two"),
    ],
)
def test_a_word_for_a_status_that_is_none_is_refused(
    folder: Path, synonyms: str, problem: str
) -> None:
    trial(folder, f'status_synonyms = "{synonyms}"')
    assert problem in refusal(folder)


@pytest.mark.usefixtures("review")
def test_a_promotional_template_needs_an_address_to_unsubscribe_at(folder: Path) -> None:
    """With a request, or an e-mail: who cannot end them reports them as spam."""
    says = 'but it must be set, or unsubscribe_mailbox: template "review" is promotional'
    assert f'unsubscribe_url is "", {says}' in refusal(folder)

    for way in (
        'unsubscribe_url = "https://shop.example.com/unsubscribe?m={id}&l=en"',
        'unsubscribe_mailbox = "unsubscribe@example.com"',
    ):
        trial(folder, way)
        assert "trial" == read_stage("trial", folder).name


@pytest.mark.parametrize("value", ["", "A", "SHOP", "4Shops", "1234567890x"])
def test_a_sender_id_is_empty_or_what_a_network_can_show(folder: Path, value: str) -> None:
    trial(folder, f'sender_id = "{value}"')
    assert value == read_stage("trial", folder).sender_id


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


def test_what_code_is_built_for_is_read_whatever_else_a_stage_says(folder: Path) -> None:
    """Set-up builds for every stage, also while one is being written."""
    trial(folder, 'capp = 20\n[target]\npython = "3.12"\n')
    assert read_targets() < read_targets(folder)

    trial(folder, "[target]\npython = 3.12\n")
    with pytest.raises(BadStage, match=r"^stages/trial.toml: target\.python is 3\.12, not a text"):
        read_targets(folder)


def refusal(folder: Path) -> str:
    with pytest.raises(BadStage) as refused:
        read_stage("trial", folder)
    return str(refused.value)
