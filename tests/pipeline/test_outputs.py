"""What a stage made is exported under fixed names and published in SSM, for programs of others."""

import re

import pytest

from ordercast.settings.published import output_parameter
from tests.pipeline.synthesis import ROOT, Synthesis

pytestmark = pytest.mark.synth


def exports(synthesis: Synthesis) -> dict[str, object]:
    """The value of each output by its name, without what one stack of ours knows of another."""
    prefix = f"ordercast-{synthesis.stage}-"
    return {
        output["Export"]["Name"].removeprefix(prefix): output["Value"]
        for template in synthesis.templates.values()
        for output in template.get("Outputs", {}).values()
        if str(output.get("Export", {}).get("Name", "")).startswith(prefix)
    }


def test_every_output_is_documented_and_the_other_way_round(synthesis: Synthesis) -> None:
    page = (ROOT / "docs" / "options.md").read_text().partition("## Outputs")[2]
    names = {
        name
        for cell in re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE)
        for name in re.findall(r"`([a-z-]+)`", cell)
    }
    optional = {"status-events-topic-arn", "status-events-function-arn"}
    assert optional < names
    assert names - optional == exports(synthesis).keys()


def test_every_output_is_a_parameter_too(synthesis: Synthesis) -> None:
    parameters = {
        each["Name"]: each["Value"] for each in synthesis.properties("AWS::SSM::Parameter")
    }
    for name, value in exports(synthesis).items():
        assert value == parameters[output_parameter(synthesis.stage, name)]


def test_a_function_is_named_by_what_invokes_it(syntheses: dict[str, Synthesis]) -> None:
    """Its alias, behind which a version may be taken back; itself where the stage has none."""
    for stage, kind in (("prod", "AWS::Lambda::Alias"), ("local", "AWS::Lambda::Function")):
        synthesis = syntheses[stage]
        functions = [value for name, value in exports(synthesis).items() if "function" in name]
        assert 7 == len(functions)
        for value in functions:
            owner, logical_id = synthesis.resolve(f"Ordercast-{stage}-Pipeline", value)
            assert kind == synthesis.templates[owner]["Resources"][logical_id]["Type"]


def test_the_dashboard_opens_by_its_url(synthesis: Synthesis) -> None:
    url = str(exports(synthesis)["dashboard-url"])
    assert "console.aws.amazon.com/cloudwatch/home?region=" in url
    assert "#dashboards/dashboard/" in url
