"""EMF lines are valid, name nobody, and publish differences to what was counted before."""

import json
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from analytics.cloudwatch_metrics import emf_lines
from local_cloud.metric_extraction.emf import metrics_in
from ordercast.embedded_metric_format import MetricsLevel
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.rollups.counting import Entry
from ordercast.rollups.rollup import CountedVersion, RollupInput, contribution
from tests.fakes.clock import START
from tests.lines import line

NOW = START + timedelta(minutes=10)
SENT = {"m-1": Message(state=State.SENT)}


def entry(new: RollupInput, last: RollupInput | None = None) -> Entry:
    known = last and CountedVersion(version=last.version, contribution=contribution(last))
    return Entry(rollup_input=new, new=contribution(new), last=known)  # type: ignore[arg-type]  # a rollup input stands for the row


def emf_documents(*entries: Entry, level: MetricsLevel = "essential") -> list[dict[str, Any]]:
    return [json.loads(each) for each in emf_lines(entries, stage="dev", level=level, now=NOW)]


def of_the_stage(*entries: Entry) -> list[dict[str, Any]]:
    return [each for each in emf_documents(*entries) if "channel" not in each]


def figures(*entries: Entry) -> dict[str, Any]:
    documents = of_the_stage(*entries)
    assert len(documents) <= 1
    return {
        name: value
        for document in documents
        for name, value in document.items()
        if name not in {"_aws", "stage"}
    }


def requested(number: int = 1) -> RollupInput:
    return line(number)


def sent(number: int = 1, **changes: Any) -> RollupInput:
    return line(
        number,
        **{
            "state": State.SENT,
            "messages": SENT,
            "version": 2,
            "cost": Decimal("0.0079"),
            "cost_source": CostSource.ESTIMATE,
            "sent_at": START + timedelta(seconds=1),
            **changes,
        },
    )


def delivered(number: int = 1, seconds: int = 5, **changes: Any) -> RollupInput:
    arrived = START + timedelta(seconds=seconds)
    return sent(number, **{"state": State.DELIVERED, "delivered_at": arrived, **changes})


def test_a_document_names_each_of_its_metrics_with_unit_and_stage() -> None:
    (document,) = emf_documents(entry(sent()))

    (directive,) = document["_aws"]["CloudWatchMetrics"]
    assert [["stage"]] == directive["Dimensions"]
    assert "Ordercast" == directive["Namespace"]
    assert {"Name": "Sent", "Unit": "Count"} in directive["Metrics"]
    assert {"Name": "CostUSD", "Unit": "None"} in directive["Metrics"]
    assert "dev" == document["stage"]


def test_metrics_are_differences_to_what_was_counted_before() -> None:
    assert {"Accepted": 2} == figures(entry(requested()), entry(requested(2)))
    assert {"Sent": 1, "CostUSD": 0.0079} == figures(entry(sent(), last=requested()))


def test_a_correction_is_negative() -> None:
    doubtful = line(1, state=State.IN_DOUBT)
    suppressed = line(1, state=State.SUPPRESSED)

    assert {"InDoubt": -1, "Sent": 1, "CostUSD": 0.0079} == figures(entry(sent(), doubtful))
    assert {"Accepted": -1, "Suppressed": 1} == figures(entry(suppressed, requested()))
    kept_back = replace(sent(), state=State.SUPPRESSED, rule="Bounce/Permanent/Suppressed")
    assert {"Suppressed": 1} == figures(entry(kept_back, sent()))
    cheaper = sent(cost=Decimal("0.0070"), cost_source=CostSource.CARRIER)
    assert {"CostUSD": pytest.approx(-0.0009)} == figures(entry(cheaper, sent()))


def test_who_complains_has_got_it_and_who_never_got_it_is_undelivered() -> None:
    bounced = delivered(state=State.BOUNCED)

    assert 1 == figures(entry(delivered(state=State.COMPLAINED)))["Delivered"]
    assert {"Delivered": -1, "Undelivered": 1} == figures(entry(bounced, delivered()))


def test_latency_is_published_once_and_never_corrected() -> None:
    assert [5000] == figures(entry(delivered(), sent()))["DeliveryLatency"]
    assert {} == {
        name: value
        for each in emf_documents(entry(delivered(seconds=3), delivered()))
        for name, value in each.items()
        if name == "DeliveryLatency"
    }
    usage_error = entry(delivered(state=State.COMPLAINED), delivered())
    assert [] == emf_documents(usage_error)


def test_what_waits_for_the_morning_is_published_when_it_is_released() -> None:
    """CloudWatch refuses what is more than two hours ahead."""
    morning = START + timedelta(hours=20)
    waiting = line(1, state=State.DEFERRED, effective_at=morning)

    assert [] == emf_documents(entry(waiting))
    released = entry(replace(waiting, state=State.REQUESTED), waiting)
    assert {"Accepted": 1} == figures(released)


@pytest.mark.parametrize(
    ("accepted", "stands"),
    [
        (START + timedelta(seconds=59), START),
        (START - timedelta(days=13), START - timedelta(days=13)),
        (START - timedelta(days=15), NOW),
        (NOW + timedelta(hours=1), NOW),
    ],
)
def test_a_figure_stands_at_its_minute_of_acceptance_where_cloudwatch_takes_it(
    accepted, stands
) -> None:
    """So the sums of an hour are those of the rollups, however late a receipt comes."""
    (document,) = emf_documents(entry(line(1, effective_at=accepted)))

    assert int(stands.timestamp() * 1000) == document["_aws"]["Timestamp"]


def test_more_than_a_hundred_latencies_go_into_documents_of_a_hundred() -> None:
    """EMF drops a metric with more, and says nothing."""
    documents = of_the_stage(*(entry(delivered(n), sent(n)) for n in range(1, 251)))

    assert [100, 100, 50] == [len(each["DeliveryLatency"]) for each in documents]
    assert 250 == sum(each.get("Delivered", 0) for each in documents)


def test_what_has_ended_is_published_by_channel_at_every_level_for_its_alarms() -> None:
    """Texts that do not arrive would else go unseen among more e-mails that do."""
    entries = (entry(delivered(1), sent(1)), entry(delivered(2, channel=Channel.SMS)))

    by_channel = [each for each in emf_documents(*entries) if "channel" in each]

    assert {("sms", 1), ("email", 1)} == {(d["channel"], d["Delivered"]) for d in by_channel}


@pytest.mark.parametrize(("level", "limit"), [("essential", 13), ("full", 40)])
def test_series_stay_few_whatever_is_sent_where(level, limit) -> None:
    """Each costs money every month; the verifier adds the fortieth, the delivery rate."""
    entries = [
        entry(delivered(n, state=state, channel=channel, country=country, rule="over-price"))
        for n, (state, channel, country) in enumerate(
            (
                (state, channel, country)
                for state in State
                for channel in Channel
                for country in ("US", "SE", "AU", None)
            ),
            start=1,
        )
    ]

    series = {
        (metric.datum["MetricName"], str(metric.datum["Dimensions"]))
        for text in emf_lines(entries, stage="dev", level=level, now=NOW)
        for metric in metrics_in(text, now=NOW)
    }

    assert limit == len(series)


def test_a_channels_figures_add_up_to_the_stages() -> None:
    entries = [entry(delivered(1), sent(1)), entry(sent(2, channel=Channel.SMS)), entry(sent(3))]
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for document in emf_documents(*entries, level="full"):
        kind = "".join(document["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0][1:])
        for name in ("Accepted", "Sent", "Delivered", "CostUSD"):
            sums[kind][name] += document.get(name, 0)

    assert {n: pytest.approx(v) for n, v in sums[""].items()} == sums["channel"]


def test_states_balance_as_notifications_move() -> None:
    documents = emf_documents(entry(sent(), last=requested()), level="full")

    assert {"requested": -1, "sent": 1} == {
        each["state"]: each["Notifications"] for each in documents if "state" in each
    }


def test_every_line_is_valid_in_the_format_and_names_nobody() -> None:
    one = delivered(1, recipient="ada@example.com", customer_id="c-1")
    for text in emf_lines([entry(one)], stage="dev", level="full", now=NOW):
        assert "\n" not in text
        assert metrics_in(text, now=NOW)
        assert "ada" not in text
        assert "c-1" not in text
