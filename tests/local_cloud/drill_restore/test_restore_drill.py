"""The restore drill ends with a status, and knows what CloudFormation would refuse and which statement is in vain."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.calls import Call
from local_cloud.deploy_proof.operator import ROLE
from local_cloud.deploy_proof.steps import Broken
from local_cloud.drill_restore import __main__ as command
from local_cloud.drill_restore import tables
from local_cloud.drill_restore.run import POLICY, RestoreDrill
from local_cloud.drill_restore.tables import DATA, existing_tables, exports_in_use, in_vain
from pipeline.settings.existing import ExistingTable
from pipeline.settings.existing import existing_tables as read_tables

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/Ordercast-proof-Data-LedgerTable-restored-1"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mock:
    """A cloud that starts; the drill on it has no more steps."""
    started = Mock(spec=LocalCloud, folder=tmp_path, endpoint="http://127.0.0.1")
    monkeypatch.setattr(LocalCloud, "start", Mock(return_value=started))
    monkeypatch.setattr(RestoreDrill, "run", Mock())
    monkeypatch.setattr(command, "EXPECTED", 1)
    return started


def test_when_all_holds_the_status_is_0_and_nothing_stays(cloud: Mock) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main([])
    assert not ended.value.code
    cloud.stop.assert_called_once_with(keep_logs=False)


def test_what_breaks_is_said_and_is_status_1_and_the_logs_stay(
    cloud: Mock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(RestoreDrill, "run", Mock(side_effect=Broken("2 were sent twice")))
    monkeypatch.setattr(command, "EXPECTED", 2)
    with pytest.raises(SystemExit) as ended:
        command.main(["--end", "--minutes", "1"])
    assert 1 == ended.value.code
    printed = capsys.readouterr().out
    assert "Broken: 2 were sent twice" in printed
    assert f"Logs: {cloud.folder}/logs" in printed
    cloud.stop.assert_called_once_with(keep_logs=True)


def test_the_setting_names_the_ledger_by_its_stream() -> None:
    found = {
        "ledger": {"TableArn": TABLE, "LatestStreamArn": f"{TABLE}/stream/2026"},
        "rollups": {"TableArn": f"{TABLE}0"},
    }
    assert {
        "ledger": ExistingTable(arn=TABLE, stream_arn=f"{TABLE}/stream/2026"),
        "rollups": ExistingTable(arn=f"{TABLE}0"),
    } == read_tables(json.loads(existing_tables(found)))


@pytest.mark.parametrize(("imported", "refused"), [("stream", {"data:stream"}), ("key", set())])
def test_an_export_that_goes_while_it_is_imported_would_be_refused(
    cloud: Mock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, imported: str, refused: set[str]
) -> None:
    template = {"Outputs": {"Key": _exported("data:key"), "Name": {"Value": "x"}}}
    (tmp_path / f"{DATA}.template.json").write_text(json.dumps(template))
    outputs = [{"ExportName": "data:stream"}, {"ExportName": "data:key"}, {"OutputKey": "Name"}]
    body = {"Resources": {"Mapping": {"Fn::ImportValue": f"data:{imported}"}}}
    client = SimpleNamespace(
        describe_stacks=lambda **_: {"Stacks": [{"Outputs": outputs}]},
        get_template=lambda **_: {"TemplateBody": body},
    )
    monkeypatch.setattr(tables, "client_of", lambda *_, **__: client)
    assert refused == exports_in_use(cloud, tmp_path)


def test_a_statement_that_no_call_needed_is_in_vain(
    cloud: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored = Call(
        role=ROLE,
        action="dynamodb:UpdateTimeToLive",
        resource=TABLE,
        context={},
        allowed=True,
    )
    monkeypatch.setattr(tables, "judged", lambda _: [restored])
    statements = {each["Sid"] for each in json.loads(POLICY.read_text())["Statement"]}
    assert statements - {"SwitchOnWhatARestoredTableLacks"} == in_vain(cloud, POLICY)


def _exported(name: str) -> Mapping[str, Any]:
    return {"Value": "x", "Export": {"Name": name}}
