"""A second Region that cannot be one is refused, and what belongs to it is refused without one."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.settings.stage import StageSettings
from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage
from tests.pages import snippets
from tests.pipeline.settings.conftest import refusal, trial

HOME, AWAY = "eu-west-1", "eu-central-1"


def stage_with(**second: Any) -> StageSettings:
    prod = read_stage("prod")
    there = replace(prod.second_region, **{"region": AWAY, **second})
    return replace(prod, region=HOME, second_region=there)


def test_the_second_region_of_the_page_is_taken(folder: Path) -> None:
    (shown,) = snippets("docs/sending.md", heading="A second Region", language="toml")
    trial(folder, shown)

    found = read_stage("trial", folder)
    assert ("us-east-1", "us-west-2") == (found.region, found.second_region.region)
    assert 0 == found.second_region.share


def test_no_stage_for_customers_has_one_unless_it_says_so() -> None:
    for name in ("dev", "prod"):
        assert not read_stage(name).second_region.region


def test_a_share_is_of_the_messages_and_never_all_of_them(folder: Path) -> None:
    trial(folder, "[second_region]\nshare = 100")
    expected = "second_region.share is 100, not a whole number between 0 and 99"
    assert f"stages/trial.toml: {expected}" == refusal(folder)


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"region": ""}, "region", "must name the stage's own Region"),
        ({"region": AWAY}, "region", "must name the stage's own Region"),
        ({"region": "af-south-1"}, "region", "no account has to opt in to"),
    ],
)
def test_a_second_region_beside_none_or_itself_is_refused(
    changes: dict[str, str], field: str, why: str
) -> None:
    ((refused, said),) = contradictions(replace(stage_with(), **changes))
    assert field == refused
    assert why in said


@pytest.mark.parametrize(
    ("second", "field"),
    [
        ({"region": "", "share": 5}, "second_region.share"),
        ({"region": "", "origination": "pool-0123"}, "second_region.origination"),
        ({"region": "", "existing_identities": "example.com"}, "second_region.existing_identities"),
        ({"region": "eu-south-2"}, "second_region.region"),
        ({"origination": "pool-0123"}, "second_region.origination"),
    ],
)
def test_what_belongs_to_no_second_region_is_refused(second: dict[str, Any], field: str) -> None:
    assert [field] == [each for each, _ in contradictions(stage_with(**second))]


def test_a_network_without_a_way_to_another_region_is_refused() -> None:
    stage = stage_with()
    stage = replace(stage, network=replace(stage.network, vpc=True))
    assert ["network.vpc"] == [each for each, _ in contradictions(stage)]
