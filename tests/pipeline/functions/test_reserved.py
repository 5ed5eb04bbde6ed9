"""A stage may keep concurrency of the account for relay and sweeper."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.settings.stage import StageSettings
from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage

STAGE = read_stage("prod")


def reserving(relay: int, sweeper: int) -> StageSettings:
    return replace(
        STAGE,
        order_relay=replace(STAGE.order_relay, reserved=relay),
        sweeper=replace(STAGE.sweeper, reserved=sweeper),
    )


@pytest.mark.synth
def test_a_stage_may_reserve_concurrency_for_relay_and_sweeper() -> None:
    """An account that runs at its limit would otherwise starve them first."""
    from aws_cdk import App, assertions  # noqa: PLC0415  (importing it starts Node)

    from pipeline.settings.files import read_account  # noqa: PLC0415
    from pipeline.stacks.account import AccountStack  # noqa: PLC0415
    from pipeline.stacks.data import DataStack  # noqa: PLC0415
    from pipeline.stacks.pipeline import PipelineStack  # noqa: PLC0415

    app = App(context={"aws:cdk:bundling-stacks": []})
    stage = reserving(8, 4)
    account = AccountStack(app, "Ordercast-Account", account=read_account(), stage=stage)
    data = DataStack(app, "Data", stage=stage)
    pipeline = PipelineStack(app, "Pipeline", stage=stage, data=data, account=account)

    functions = assertions.Template.from_stack(pipeline).find_resources("AWS::Lambda::Function")
    assert {"processors.order_relay.handler": 8, "processors.sweeper.handler": 4} == {
        each["Properties"]["Handler"]: _reserved(each)
        for each in functions.values()
        if _reserved(each)
    }


@pytest.mark.parametrize(("relay", "sweeper", "field"), [(3, 4, "order_relay"), (4, 3, "sweeper")])
def test_what_runs_side_by_side_must_fit_into_what_is_reserved(
    relay: int, sweeper: int, field: str
) -> None:
    """Reserved concurrency is a function's most, too."""
    assert [f"{field}.reserved"] == [each for each, _ in contradictions(reserving(relay, sweeper))]


def _reserved(function: Mapping[str, Any]) -> int | None:
    found: int | None = function["Properties"].get("ReservedConcurrentExecutions")
    return found
