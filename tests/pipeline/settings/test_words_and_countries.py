"""What a stage says of people: countries, statuses, sender ids and promotional messages, or a line that refuses it."""

import json
from pathlib import Path

import pytest

from ordercast.templates.statuses import TEMPLATES
from pipeline.settings.files import read_stage
from tests.pipeline.settings.conftest import refusal, trial

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
    ("written", "why"),
    [
        ("twice", "twice is no class, 1 to 5 tries and a time"),
        ("urgent 2 over 30 min", "urgent 2 over 30 min is no class, 1 to 5 tries and a time"),
        ("high 6 over 30 min", "high 6 over 30 min is no class, 1 to 5 tries and a time"),
        ("high 2 over 30", "high 2 over 30 is no class, 1 to 5 tries and a time"),
        ("high 2 over 2 d", "2 d is not between 1 s and 1 d"),
        ("high 2 over 0 s", "0 s is not between 1 s and 1 d"),
        ("high 2 over 1 h, high 1 over 1 h", "high has two"),
    ],
)
def test_tries_that_cannot_be_read_are_refused(folder: Path, written: str, why: str) -> None:
    trial(folder, f'retry_after_receipt = "{written}"\n')
    example = "tries by priority, such as high 2 over 30 min, normal 1 over 2 h"
    field = f'stages/trial.toml: retry_after_receipt is "{written}", but it must be empty or name '
    assert f"{field}{example}: {why}" == refusal(folder)


def test_tries_are_read_by_priority(folder: Path) -> None:
    trial(folder, 'retry_after_receipt = "high 2 over 30 min, normal 1 over 2 h"\n')
    assert read_stage("trial", folder).retry_after_receipt
