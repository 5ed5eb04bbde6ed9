"""Build the policy of quiet hours from settings. Used by the wiring of senders and sweeper."""

from ordercast.people.quiet_policy import QuietPolicy
from ordercast.settings.processors import QuietSettings, quiet_hours


def quiet_policy(settings: QuietSettings) -> QuietPolicy:
    """Return the quiet hours that a stage's settings ask for."""
    return QuietPolicy(
        default_country=settings.default_country,
        default_time_zone=settings.default_time_zone,
        quiet=quiet_hours(settings.quiet_hours),
        promotional_quiet=quiet_hours(settings.promotional_quiet_hours),
    )
