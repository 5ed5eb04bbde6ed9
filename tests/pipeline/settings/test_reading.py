"""Files of stages are read whole, each laid over the default."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import CHECKOUT, stage_names
from ordercast.typed_values import read_settings, written_settings
from pipeline.settings import files
from pipeline.settings.checks import ATTEMPTS
from pipeline.settings.files import BadStage, read_stage, read_targets
from tests.pipeline.settings.conftest import trial
from tests.pipeline.synthesis import STAGES, cdk_context


@pytest.mark.parametrize("name", STAGES)
def test_the_stages_in_the_checkout_can_be_used(name: str) -> None:
    assert name == read_stage(name).name


@pytest.mark.parametrize("name", STAGES)
def test_what_is_written_for_the_commands_is_read_back_and_fits_a_parameter(name: str) -> None:
    """SSM keeps 4 KB in a standard parameter."""
    stage = read_stage(name)
    written = written_settings(stage)
    assert stage == read_settings(StageSettings, json.loads(written))
    assert 3500 > len(written)


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


def test_what_code_is_built_for_is_read_whatever_else_a_stage_says(folder: Path) -> None:
    """Set-up builds for every stage, also while one is being written."""
    trial(folder, 'capp = 20\n[target]\npython = "3.12"\n')
    assert read_targets() < read_targets(folder)

    trial(folder, "[target]\npython = 3.12\n")
    with pytest.raises(BadStage, match=r"^stages/trial.toml: target\.python is 3\.12, not a text"):
        read_targets(folder)
