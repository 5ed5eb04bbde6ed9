"""A stage's name in, its numbers from cdk.json out, and what they mean for decisions."""

import json

from local_cloud.environment import CHECKOUT
from notifications.routing import Policy
from ordercast.complaint import Complaint
from pipeline.cdk_json import BadStage, read_stage
from pipeline.stage import Stage
from processors.settings import quiet_hours, recipient_patterns


def stage_named(name: str) -> Stage:
    """Return the numbers of a stage, as this checkout would deploy them."""
    context = json.loads((CHECKOUT / "cdk.json").read_text())["context"]
    try:
        return read_stage(context["stages"], name)
    except BadStage as error:
        raise Complaint(str(error)) from None


def policy_of(stage: Stage) -> Policy:
    """Return by what the relay of *stage* decides."""
    return Policy(
        default_country=stage.default_country,
        default_time_zone=stage.default_time_zone,
        retention=stage.retention,
        republish_after=stage.republish_after,
        cap=stage.cap,
        quiet=quiet_hours(stage.quiet_hours),
        allowed=recipient_patterns(stage.allowed_recipients),
    )
