"""The versions that the deploy proof deploys can be made of the sources as they are now."""

from pathlib import Path

import pytest

from local_cloud.deploy_proof.variants import BROKEN_WORDS, NEW_WORDS, broken_copy, updated_copy
from local_cloud.deploy_proof.working_copy import STAGE, WorkingCopy
from pipeline.settings.files import read_stage

WORDS = "ordercast/templates/confirmed/en.toml"


def test_the_stage_keeps_its_data_and_is_protected_as_prod_is(tmp_path: Path) -> None:
    copy = WorkingCopy.make(tmp_path / "first")
    stage = read_stage(STAGE, copy.root / "stages")
    assert ("retain", True) == (stage.removal, stage.deletion_protection)
    assert "none" == stage.release  # the emulator has no CodeDeploy


def test_an_update_changes_code_tables_and_settings(tmp_path: Path) -> None:
    copy = updated_copy(tmp_path / "updated")
    assert NEW_WORDS in (copy.root / WORDS).read_text()
    assert 'add_index("proof"' in (copy.root / "pipeline/constructs/storage/ledger.py").read_text()
    assert 21 == read_stage(STAGE, copy.root / "stages").cap


def test_what_fails_would_be_seen_if_it_were_not_rolled_back(tmp_path: Path) -> None:
    copy = broken_copy(tmp_path / "broken")
    assert BROKEN_WORDS in (copy.root / WORDS).read_text()
    assert "add_dependency" in (copy.root / "pipeline/constructs/storage/published.py").read_text()


def test_a_change_that_does_not_fit_the_sources_is_refused(tmp_path: Path) -> None:
    copy = WorkingCopy.make(tmp_path / "first")
    with pytest.raises(ValueError, match="has 0 times: no such words"):
        copy.change(WORDS, "no such words", "others")
