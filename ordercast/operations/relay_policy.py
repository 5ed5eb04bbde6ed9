"""Build the relay's policy from a stage's settings. Used by `ordercast replay`."""

from ordercast.decisions.routing import Policy
from ordercast.settings.processors import quiet_hours, recipient_patterns
from ordercast.settings.stage import StageSettings


def policy_of(stage: StageSettings) -> Policy:
    """Return the policy of the order relay of *stage*."""
    return Policy(
        default_country=stage.default_country,
        default_time_zone=stage.default_time_zone,
        retention=stage.retention,
        republish_after=stage.republish_after,
        cap=stage.cap,
        quiet=quiet_hours(stage.quiet_hours),
        allowed=recipient_patterns(stage.allowed_recipients),
    )
