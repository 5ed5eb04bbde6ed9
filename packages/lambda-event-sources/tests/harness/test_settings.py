"""Settings that AWS refuses are refused by the harness."""

from datetime import timedelta
from typing import Any

import pytest

from lambda_event_sources.harness.items import MappingUpdate, Raises
from lambda_event_sources.limits import InvalidSetting

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "setting",
    [
        {"batch_size": 0},
        {"parallelization_factor": 11},
        {"starting_position": "latest"},
        {"max_record_age": timedelta(hours=-1)},
        {"max_batching_window": timedelta(minutes=16)},
        {"pollers": 0},
        {"timeout": timedelta(0)},
        {"timeout": timedelta(minutes=16)},
        {"retention": timedelta(0)},
    ],
    ids=str,
)
def test_what_aws_refuses_is_refused_by_name(event_source, handler, setting: dict[str, Any]):
    (name,) = setting
    with pytest.raises(InvalidSetting, match=f"^{name}="):
        event_source(handler, [b"a"], **setting)

    assert [] == handler.delivered


def test_of_a_queue_it_is_refused_too(event_source):
    with pytest.raises(InvalidSetting, match=r"^tumbling_window="):
        event_source(lambda *_: None, ["a"], tumbling_window=60 * SECOND)


def test_so_it_is_when_a_mapping_is_changed(event_source, handler):
    with pytest.raises(InvalidSetting, match=r"^batch_size=0"):
        event_source(handler, [b"a", MappingUpdate(settings={"batch_size": 0})])


def test_minus_one_retries_are_retries_without_end(event_source, handler):
    report = event_source(
        handler, [Raises(times=50), b"a"], retry_attempts=-1, max_record_age=-SECOND
    )

    assert [["1"]] * 50 == report.retried
    assert ["1"] == report.done
