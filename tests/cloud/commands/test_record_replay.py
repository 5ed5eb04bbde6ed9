"""Events on the local stream are recorded anonymously and replayed without being sent."""

import json
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import read_inbox
from ordercast.cli import app as cli
from ordercast.cli.local.clouds import local_target
from tests.eventually import eventually


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    def run(*words: str) -> str:
        monkeypatch.setattr("sys.argv", ["ordercast", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        assert 0 == int(ended.value.code or 0), err
        return out

    return run


def test_a_replay_of_the_stream_agrees_with_the_ledger_and_a_recording_is_anonymous(
    cloud: LocalCloud, run, tmp_path: Path
) -> None:
    name = f"replay-{uuid4().hex[:12]}"
    address = f"{name}@example.com"
    event = {"order_id": name, "event_id": name, "channel": "email", "contact": {"email": address}}
    stream = local_target(cloud).names.orders_stream
    boto3.client("kinesis").put_record(
        StreamName=stream, PartitionKey=address, Data=json.dumps(event).encode()
    )
    eventually(lambda: [m for m in read_inbox(cloud.inbox) if m.to == address], within=60)

    replayed = json.loads(run("replay", "--from", "5m", "--json", "--cloud", cloud.name))
    run("record", "--from", "5m", "--out", str(tmp_path / "r.jsonl"), "--cloud", cloud.name)
    again = json.loads(run("replay", str(tmp_path / "r.jsonl"), "--json", "--cloud", cloud.name))

    for each in (replayed, again):
        assert [] == [d for d in each["differences"] if d["order_id"] == name]
        assert ("email", "sent") in {(w["channel"], w["verdict"]) for w in each["would"]}
    recorded = (tmp_path / "r.jsonl").read_text()
    assert address not in recorded
    header = json.loads(recorded.splitlines()[0])
    # An aggregate is one record of the stream, and several to the relay.
    assert 0 < header["records"] <= again["records"]["records"]
    assert 1 == len([m for m in read_inbox(cloud.inbox) if m.to == address])
