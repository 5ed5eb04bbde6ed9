"""What the emulator wrote down of an operator's calls tells which statements they need, and what was refused."""

import json
from pathlib import Path
from unittest.mock import Mock

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.operating import in_vain, refused_unasked
from local_cloud.deploy_proof.operator import ROLE

SENDER = "Ordercast-proof-Pipeline-SmsSenderRole1"


@pytest.fixture
def cloud(tmp_path: Path) -> Mock:
    (tmp_path / "logs").mkdir()
    return Mock(spec=LocalCloud, folder=tmp_path)


def write(cloud: Mock, action: str, resource: str, *, role: str, allowed: bool) -> None:
    line = {"role": role, "action": action, "resource": resource, "context": {}, "allowed": allowed}
    with (cloud.folder / "logs/authorised-calls.jsonl").open("a") as log:
        log.write(f"{json.dumps(line)}\n")


def test_a_statement_is_in_vain_until_a_call_of_the_operator_is_allowed_by_it(cloud: Mock) -> None:
    scan = ("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:000000000000:table/Ordercast-LedgerTable1")
    assert "ExportTheLedger" in in_vain(cloud)
    write(cloud, *scan, role=SENDER, allowed=True)
    write(cloud, *scan, role=ROLE, allowed=False)
    assert "ExportTheLedger" in in_vain(cloud)
    write(cloud, *scan, role=ROLE, allowed=True)
    assert "ExportTheLedger" not in in_vain(cloud)
    assert "ReadOrders" in in_vain(cloud)


def test_a_call_with_an_encrypted_table_needs_the_key(cloud: Mock) -> None:
    assert "UseTheKeyThroughItsServices" in in_vain(cloud)
    table = "arn:aws:dynamodb:us-east-1:000000000000:table/Ordercast-1"
    write(cloud, "dynamodb:Query", table, role=ROLE, allowed=True)
    assert "UseTheKeyThroughItsServices" not in in_vain(cloud)


def test_what_was_refused_is_a_mistake_unless_its_statement_was_taken_away(cloud: Mock) -> None:
    for role, action in ((SENDER, "dynamodb:PartiQLUpdate"), (ROLE, "logs:DescribeLogGroups")):
        write(cloud, action, "*", role=role, allowed=False)
    write(cloud, "dynamodb:Query", "*", role=ROLE, allowed=True)
    removed = {"SmsSenderRole": {"dynamodb:PartiQLUpdate"}}
    assert [ROLE] == [each.role for each in refused_unasked(cloud, removed)]
    assert [SENDER, ROLE] == [each.role for each in refused_unasked(cloud, {})]
