"""On the local cloud every command shows the same figures of what was really sent."""

import csv
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from local_cloud.cloud import LocalCloud
from tests.eventually import eventually

ORDERCAST = Path(sys.executable).parent / "ordercast"


@pytest.fixture
def run(cloud: LocalCloud, tmp_path: Path):
    """Run the command against the tests' cloud, as a shell would."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    environment |= {"ORDERCAST_CLOUD": cloud.name}

    def run(*words: str) -> str:
        command = [str(ORDERCAST), *words]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    return run


def test_stats_cost_and_report_show_the_same_of_a_shop_s_orders(run, tmp_path: Path) -> None:
    shop = f"Shop {uuid4().hex[:8]}"
    contact = {"email": "ada@example.com", "phone": "+12065550123"}
    orders = [
        {"order_id": f"{shop}-{n}", "shop": shop, "channel": "both", "contact": contact}
        for n in range(3)
    ]
    (tmp_path / "orders.json").write_text(json.dumps(orders))
    run("put", "orders.json")

    def row(command: str) -> dict[str, str]:
        out = run(command, "--by", "shop", "--csv", "--since", "24h").splitlines()
        return next((each for each in csv.DictReader(out) if each["shop"] == shop), {})

    def all_six_are_delivered() -> dict[str, str]:
        found = row("stats")
        return found if found.get("delivered") == "6" else {}

    stats = eventually(all_six_are_delivered, within=60, every=1)
    cost = row("cost")
    run("report", "--out", "page/report.html", "--since", "24h")
    page = (tmp_path / "page/report.html").read_text()

    assert ("6", "6", "1.0") == (stats["notifications"], stats["sent"], stats["delivery_rate"])
    assert 0 < float(stats["event_to_delivered_p50"] or stats["accepted_to_sent_p50"]) < 60
    assert "6" == cost["sent"]
    assert Decimal(cost["cost_usd"]) > 0
    totals = json.loads(run("stats", "--json", "--since", "24h"))
    assert totals["delivered"] >= 6
    assert re.search(r"of [\d,]+ notifications", page)
