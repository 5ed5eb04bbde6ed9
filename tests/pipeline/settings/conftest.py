"""What the tests of settings share: a folder of stages with one of a test's own, and its refusal."""

import shutil
from pathlib import Path

import pytest

from ordercast.settings.stage_files import CHECKOUT
from pipeline.settings.files import BadStage, read_stage


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


def refusal(folder: Path) -> str:
    with pytest.raises(BadStage) as refused:
        read_stage("trial", folder)
    return str(refused.value)
