"""The emulator's CloudFormation subscribes where the topic is, as AWS's does."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud.emulator.subscribed_regions import (
    SUBSCRIPTION,
    subscribe_in_the_topic_s_region,
)

HOME, AWAY = "us-east-1", "us-west-2"


@pytest.fixture
def handler() -> dict[str, Any]:
    """The emulator's handler of subscriptions; each step answers in which Region it worked."""
    current = [HOME]

    @contextmanager
    def request_scope(_: str, region: str) -> Iterator[None]:
        current.append(region)
        yield
        current.pop()

    def work(*_: Any, **__: Any) -> str:
        return current[-1]

    responses = SimpleNamespace(
        get_region=lambda: current[-1],
        get_account_id=lambda: "000000000000",
        request_scope=request_scope,
    )
    handlers = {SUBSCRIPTION: {"create": work, "update": work, "delete": work}}
    subscribe_in_the_topic_s_region(SimpleNamespace(_RESOURCE_HANDLERS=handlers), responses)
    return handlers[SUBSCRIPTION]


@pytest.mark.parametrize(
    ("properties", "region"), [({}, HOME), ({"Region": HOME}, HOME), ({"Region": AWAY}, AWAY)]
)
def test_a_subscription_is_made_changed_and_deleted_where_its_topic_is(
    handler: dict[str, Any], properties: dict[str, str], region: str
) -> None:
    assert region == handler["create"]("Id", properties, "stack")
    assert region == handler["update"]("arn", {}, properties, "stack", logical_id="Id")
    assert region == handler["delete"]("arn", properties)
