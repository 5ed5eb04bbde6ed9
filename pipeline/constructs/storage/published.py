"""Publish a stage's settings and names in SSM, so that commands need no checkout to find them."""

import msgspec
from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ordercast.settings.published import (
    StageNames,
    names_parameter,
    orders_stream_parameter,
    settings_parameter,
)
from ordercast.settings.stage import StageSettings
from ordercast.typed_values import written_settings


class Published(Construct):
    """Standard parameters, in the clear: nothing in them is secret or about a person.

    Each holds 4 KB at most; the settings of a stage take less than half of that.
    """

    def __init__(
        self, scope: Construct, name: str, *, stage: StageSettings, names: StageNames
    ) -> None:
        super().__init__(scope, name)
        as_json = Stack.of(self).to_json_string(msgspec.to_builtins(names))
        for key, parameter, value in (
            ("Settings", settings_parameter(stage.name), written_settings(stage)),
            ("Names", names_parameter(stage.name), as_json),
            ("OrdersStream", orders_stream_parameter(stage.name), names.orders_stream),
        ):
            ssm.StringParameter(self, key, parameter_name=parameter, string_value=value)
