"""A month's charges follow from counted usage, the stage's settings and the price list."""

import re
from decimal import Decimal

import msgspec
import pytest

from benchmarks.rollups import NOTIFICATIONS, units_of_batches
from ordercast.operations.forecast import assumed, counted
from ordercast.operations.forecast.month import VOLUMES, Month, month
from ordercast.operations.forecast.usage import batch_of, write_units
from ordercast.settings.originations import OriginationSettings
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import stage_settings
from tests.pages import ROOT

PROD = stage_settings("prod")


def changed(stage: StageSettings = PROD, **settings: object) -> StageSettings:
    return msgspec.structs.replace(stage, **settings)


def of(service: str, made: Month) -> tuple[Decimal, Decimal]:
    (charge,) = [each for each in made.charges if each.service == service]
    return charge.fixed, charge.variable


def test_the_sum_is_that_of_all_services_and_the_largest_comes_first() -> None:
    made = month(PROD, a_day=100_000)

    totals = [each.total for each in made.charges]
    assert sorted(totals, reverse=True) == totals
    assert sum(totals) == pytest.approx(made.all.total)
    assert made.a_thousand == pytest.approx(made.all.total / 3000)


def test_what_is_fixed_is_the_same_at_every_volume_of_an_on_demand_stream() -> None:
    assert 1 == len({month(PROD, a_day=volume).all.fixed for volume in VOLUMES})


def test_a_stream_on_demand_is_paid_by_the_hour_and_a_provisioned_one_by_its_shards() -> None:
    """28.80 dollars are 720 hours at 0.04; a shard's are 10.80, and 10 M a day need two at the peak."""
    provisioned = msgspec.structs.replace(PROD.orders, mode="provisioned", shards=1)
    in_a_day = msgspec.structs.replace(
        provisioned, retention=type(PROD.orders.retention).parse("24 h")
    )

    assert Decimal("28.80") == of("Kinesis", month(PROD, a_day=3_000))[0].quantize(Decimal("0.01"))
    for volume, shards in ((3_000, 1), (10_000_000, 2)):
        fixed, _ = of("Kinesis", month(changed(orders=in_a_day), a_day=volume))
        assert Decimal("10.80") * shards == fixed.quantize(Decimal("0.01"))
        kept, _ = of("Kinesis", month(changed(orders=provisioned), a_day=volume))
        assert Decimal("14.40") * shards == (kept - fixed).quantize(Decimal("0.01"))


def test_metrics_at_full_cost_more_than_the_essential_ones() -> None:
    full, _ = of("CloudWatch", month(changed(metrics="full"), a_day=0))
    essential, _ = of("CloudWatch", month(changed(metrics="essential"), a_day=0))

    more = counted.SERIES["full"] - counted.SERIES["essential"]
    assert Decimal("0.3") * more == (full - essential).quantize(Decimal("0.001"))


def test_what_is_kept_longer_costs_more() -> None:
    short = changed(retention=type(PROD.retention).parse("30 d"))

    kept, less = (of("DynamoDB", month(each, a_day=100_000))[1] for each in (PROD, short))
    gigabytes = 3_000_000 * (assumed.LEDGER_BYTES + assumed.ROLLUP_BYTES) * 5 / 10**9
    assert float(kept - less) == pytest.approx(gigabytes * (0.25 + 0.20))


def test_without_messages_there_is_no_price_of_a_thousand() -> None:
    assert month(PROD, a_day=0).a_thousand is None
    assert Decimal(0) == month(PROD, a_day=0).all.variable


@pytest.mark.parametrize("size", [1, 20, NOTIFICATIONS])
def test_units_of_counting_are_those_that_the_benchmark_counts(size: int) -> None:
    buckets = min(size, counted.BUCKETS)
    assert units_of_batches(size) == pytest.approx(counted.OWN_UNITS + 2 * buckets / size, rel=0.01)


def test_larger_batches_take_fewer_units() -> None:
    assert [1, 9, 87, 868] == [batch_of(PROD, a_day=volume) for volume in VOLUMES]
    units = [write_units(PROD, a_day=volume) for volume in VOLUMES]
    assert sorted(units, reverse=True) == units
    assert units[0] == pytest.approx(21.04)


def test_telling_shops_costs_its_alarms_and_a_call_for_up_to_ten_events() -> None:
    telling = changed(status_events=msgspec.structs.replace(PROD.status_events, enabled=True))

    def more(service: str, a_day: int) -> tuple[Decimal, Decimal]:
        with_it, without = (of(service, month(each, a_day=a_day)) for each in (telling, PROD))
        return with_it[0] - without[0], with_it[1] - without[1]

    alarms, _ = more("CloudWatch", 0)
    assert Decimal("0.1") * counted.STATUS_EVENTS_ALARM_METRICS == alarms.quantize(Decimal("0.01"))
    for a_day, batch in ((3_000, 1), (10_000_000, 10)):
        _, publishing = more("SNS", a_day)
        dollars = a_day * 30 * assumed.STATUS_EVENTS / batch * 0.5 / 10**6
        assert float(publishing) == pytest.approx(dollars)
        assert more("Lambda", a_day)[1] > 0


def test_the_page_says_what_telling_shops_costs() -> None:
    telling = changed(status_events=msgspec.structs.replace(PROD.status_events, enabled=True))
    page = (ROOT / "docs" / "costs.md").read_text()
    (line,) = [each for each in page.splitlines() if each.startswith("Status events (")]
    pairs = [(month(telling, a_day=v).all, month(PROD, a_day=v).all) for v in VOLUMES]
    more = [with_it.variable - without.variable for with_it, without in pairs]

    fixed = pairs[0][0].fixed - pairs[0][1].fixed
    assert [f"{each:.2f}" for each in (fixed, *more)] == re.findall(r"[0-9]+\.[0-9]{2}", line)


def test_originations_cost_what_the_stage_says_whatever_is_sent() -> None:
    numbers = {
        "pool-a": OriginationSettings(countries="US", month=Decimal("1.5")),
        "12065": OriginationSettings(countries="US", month=Decimal(995)),
    }
    made = month(changed(originations=numbers), a_day=0)

    assert (Decimal("996.5"), Decimal(0)) == of("Numbers and sender ids", made)
    assert "Numbers and sender ids" not in {each.service for each in month(PROD, a_day=1).charges}
