"""Read a stage's velocity limit from its settings. Used by the wiring of senders and verifier."""

from decimal import Decimal

from ordercast.budgets.velocity import Velocity
from ordercast.settings.analytics import VerifierSettings
from ordercast.settings.processors import SendPolicy


def velocity_of(settings: SendPolicy | VerifierSettings) -> Velocity:
    """Return the limit of an hour that a stage's settings ask for."""
    return Velocity(
        floor=Decimal(settings.velocity_floor), factor=Decimal(settings.velocity_factor)
    )
