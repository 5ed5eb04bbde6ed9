"""Export what a stage made under fixed names, and as SSM parameters. Used by the stacks of a stage."""

from collections.abc import Mapping

from aws_cdk import CfnOutput
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ordercast.settings.published import output_parameter


class Outputs(Construct):
    """An output `ordercast-STAGE-NAME` and a parameter `/ordercast/STAGE/outputs/NAME` for each value.

    For programs and stacks of others: no stack of ours imports one of these exports, so none keeps its
    owner from changing.
    """

    def __init__(
        self, scope: Construct, name: str, *, stage: str, values: Mapping[str, str]
    ) -> None:
        super().__init__(scope, name)
        for output, value in values.items():
            key = output.title().replace("-", "")
            CfnOutput(self, key, value=value, export_name=f"ordercast-{stage}-{output}")
            parameter = output_parameter(stage, output)
            ssm.StringParameter(
                self, f"{key}Parameter", parameter_name=parameter, string_value=value
            )
