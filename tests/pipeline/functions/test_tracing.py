"""A stage that wants traces has them in its functions, which may write them; by default none has."""

from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.settings.environment import TRACING
from pipeline.settings.files import read_stage
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


def test_no_stage_traces_unless_it_says_so(synthesis: Synthesis) -> None:
    for _, _, function in synthesis.functions:
        assert "TracingConfig" not in function
        assert TRACING not in function["Environment"]["Variables"]


def test_a_stage_that_traces_lets_its_functions_write_traces_and_nothing_else() -> None:
    from aws_cdk import App, assertions  # noqa: PLC0415  (importing it starts Node)

    from pipeline.settings.files import read_account  # noqa: PLC0415
    from pipeline.stacks.account import AccountStack  # noqa: PLC0415
    from pipeline.stacks.data import DataStack  # noqa: PLC0415
    from pipeline.stacks.pipeline import PipelineStack  # noqa: PLC0415

    app = App(context={"aws:cdk:bundling-stacks": []})
    stage = replace(read_stage("dev"), tracing=True)
    account = AccountStack(app, "Ordercast-Account", account=read_account(), stage=stage)
    data = DataStack(app, "Data", stage=stage)
    pipeline = PipelineStack(app, "Pipeline", stage=stage, data=data, account=account)

    template = assertions.Template.from_stack(pipeline)
    functions = template.find_resources("AWS::Lambda::Function").values()
    assert {("Active", "on")} == {
        (f["TracingConfig"]["Mode"], f["Environment"]["Variables"][TRACING])
        for f in (each["Properties"] for each in functions)
    }
    written = [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "xray" in str(statement["Action"])
    ]
    assert len(functions) == len(written)
    assert {"xray:PutTraceSegments", "xray:PutTelemetryRecords"} == {
        action for each in written for action in _list(each["Action"])
    }


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
