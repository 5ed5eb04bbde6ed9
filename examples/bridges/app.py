"""The CDK app of the bridges: `cdk deploy -c stream=NAME -c key_arn=ARN`."""

import sys

from aws_cdk import App
from stack import BridgesStack

app = App()
named = {name: app.node.try_get_context(name) for name in ("stream", "key_arn")}
if missing := [name for name, value in named.items() if not value]:
    sys.exit(f"-c {missing[0]}=… is missing: see README.md")
source = app.node.try_get_context("source") or "com.example.shop"
BridgesStack(app, "Ordercast-Bridges", **named, source=source)
app.synth()
