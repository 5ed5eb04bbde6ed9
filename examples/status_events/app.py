"""The CDK app of the queue: `cdk deploy -c topic_arn=ARN -c shop=NAME`."""

import sys

from aws_cdk import App
from stack import StatusEventsQueueStack

app = App()
named = {name: app.node.try_get_context(name) for name in ("topic_arn", "shop")}
if missing := [name for name, value in named.items() if not value]:
    sys.exit(f"-c {missing[0]}=… is missing: see README.md")
StatusEventsQueueStack(app, "Ordercast-StatusEvents", **named)
app.synth()
