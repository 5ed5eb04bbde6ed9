"""The proof ends with a status, and a failed one with where its logs are."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof import __main__ as command
from local_cloud.deploy_proof.run import DeployProof
from local_cloud.deploy_proof.steps import Broken
from local_cloud.errors import LocalCloudError


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mock:
    """A cloud that starts; the proof on it has no more steps."""
    started = Mock(spec=LocalCloud, folder=tmp_path / "proof")
    monkeypatch.setattr(LocalCloud, "start", Mock(return_value=started))
    monkeypatch.setattr(DeployProof, "run", Mock())
    monkeypatch.setattr(command, "EXPECTED", 1)
    return started


def test_when_all_holds_the_status_is_0_and_nothing_stays(
    cloud: Mock, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert not ended.value.code
    assert "Logs:" not in capsys.readouterr().out
    cloud.stop.assert_called_once_with(keep_logs=False)


def test_a_step_that_is_not_reached_is_status_1_and_the_logs_stay(
    cloud: Mock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "EXPECTED", 2)
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert 1 == ended.value.code
    assert f"Logs: {cloud.folder}/logs" in capsys.readouterr().out
    cloud.stop.assert_called_once_with(keep_logs=True)


def test_what_breaks_is_said_and_is_status_1(
    cloud: Mock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(DeployProof, "run", Mock(side_effect=Broken("two stacks changed")))
    monkeypatch.setattr(command, "EXPECTED", 2)
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert 1 == ended.value.code
    printed = capsys.readouterr().out
    assert "Broken: two stacks changed" in printed
    assert f"Logs: {cloud.folder}/logs" in printed


def test_a_cloud_that_does_not_start_is_status_1(
    cloud: Mock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails = LocalCloudError(what="OpenSSL is not installed", hint="Install it.")
    monkeypatch.setattr(LocalCloud, "start", Mock(side_effect=fails))
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert 1 == ended.value.code
    assert "OpenSSL is not installed" in capsys.readouterr().out
    cloud.stop.assert_not_called()
