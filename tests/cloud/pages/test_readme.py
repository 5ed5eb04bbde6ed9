"""The README's commands work on the local cloud."""

import csv
import json
import re
import signal
from pathlib import Path
from uuid import uuid4

from local_cloud.cloud import LocalCloud
from local_cloud.supervisor.state import CloudFolder
from tests.eventually import eventually
from tests.pages import ROOT, snippets


def test_an_order_put_by_the_aws_command_line_is_in_the_inbox_and_in_the_metric(shell) -> None:
    put_record, read_metric = snippets("README.md", heading="With the AWS command line")
    assert "aws kinesis put-record" in put_record
    shell(put_record)

    def the_inbox_has_both_messages() -> bool:
        listed = shell(".venv/bin/ordercast inbox --last 0")
        return "Your order o-1001" in listed and "Order o-1001 is confirmed" in listed

    def cloudwatch_has_counted() -> float:
        found = json.loads(shell('eval "$(.venv/bin/ordercast env)"\n' + read_metric))
        return sum(found["MetricDataResults"][0]["Values"])

    assert eventually(the_inbox_has_both_messages, within=60, every=0.5)
    assert 2 <= eventually(cloudwatch_has_counted, within=60, every=0.5)


def test_an_order_put_by_a_developer_is_sent_and_its_timeline_shown(shell) -> None:
    shell(".venv/bin/ordercast put examples/order.json")

    def the_order_is_delivered() -> bool:
        return 2 == shell(".venv/bin/ordercast status o-1001").count(": delivered")

    assert eventually(the_order_is_delivered, within=60, every=0.5)


def test_the_readme_s_first_message_is_there_at_once(shell, tmp_path: Path) -> None:
    [own] = [
        block
        for block in snippets("README.md", heading="A first message in five minutes")
        if "ordercast put" in block
    ]
    order = f"o-{uuid4().hex[:8]}"
    file = tmp_path / "order.json"
    file.write_text((ROOT / "examples/order.json").read_text().replace("o-1001", order))
    changed = own.replace("o-1001", order).replace("examples/order.json", str(file))
    _, _, put, inbox, status = changed.splitlines()

    assert "2 messages sent (simulated)" in shell(put)
    assert f"Order {order} is confirmed" in shell(f"{inbox} --last 0")
    assert "sms to +12065550100" in shell(status)


def test_what_no_function_has_taken_yet_is_said_to_be_on_its_way(shell, cloud: LocalCloud) -> None:
    state = CloudFolder(path=cloud.folder).read()
    assert state is not None
    supervisor = state.processes["supervisor"]  # the event sources run in it
    supervisor.send(signal.SIGSTOP)
    try:
        shell(".venv/bin/ordercast put --no-wait examples/order.json")
        printed = shell(".venv/bin/ordercast inbox --last 1")
    finally:
        supervisor.send(signal.SIGCONT)

    # And whatever else was on its way when everything was held still.
    assert re.search(r"Still in flight: [1-9]\d* records? on the stream", printed)


def test_an_operator_sets_customers_pauses_and_redrives(shell) -> None:
    customers, pauses, parked, *_ = snippets(
        "README.md", heading="Customers, pauses and parked items"
    )

    said = shell(customers)
    assert "2 of 2 lines imported" in said
    assert "sms (opted-out)" in said
    assert "1 of 1 events put on the stream" in said

    said = shell(pauses)
    assert "Holding back texts to SE: about " in said
    assert 3 == said.count("paused:channel=sms,country=SE  texts to SE\n  paused, by ")
    assert "Letting go texts to SE: 0 messages, released at " in said

    # Other tests may have left something parked: it is listed, and put on the stream again.
    said = shell(parked)
    assert "parked" in said
    assert re.search(r"(\d+) of \1 redriven\.", said)


def test_an_analyst_looks_up_results(shell) -> None:
    shell(".venv/bin/ordercast put examples/order.json")
    story, figures = snippets("README.md", heading="Look up results")

    def the_rollups_know_of_both_messages() -> bool:
        (counted,) = csv.DictReader(
            shell(".venv/bin/ordercast stats --csv --since 24h").splitlines()
        )
        return 2 <= int(counted["sent"])

    assert eventually(the_rollups_know_of_both_messages, within=60, every=0.5)
    first, *_ = story.splitlines()
    printed = shell(first)
    assert "relay   requested; consent" in printed
    assert " SNS  " in printed
    said = shell(figures)
    for words in ("delivery", "USD", "notifications,accepted,sent", "out/report.html"):
        assert words in said
