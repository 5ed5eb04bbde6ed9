"""Say how fast the simulated providers are. Used by the supervisor, `api` and `scenarios`.

Receipts of all messages: `RECEIPT_DELAY_SECONDS`, or the option `--receipt-delay` of `ordercast up`.
Receipts of one message: by its recipient, `email_timing` and `sms_timing`.
"""

from enum import StrEnum

from local_cloud.provider_simulator.recipients import fictitious_number, simulator_mailbox

RECEIPT_DELAY_SECONDS = 0.5
"""How long after a message its first receipt comes; each further one comes as long after the last."""

LATE_FACTOR = 10
"""So many times as long late receipts take."""


class Timing(StrEnum):
    """When the receipts of a message come, and how often."""

    PUNCTUAL = "punctual"
    LATE = "late"
    DOUBLED = "doubled"


def email_timing(recipient: str) -> Timing:
    """Return the timing of the receipts of an e-mail to *recipient*."""
    name, _ = simulator_mailbox(recipient)
    return Timing(name) if name in {Timing.LATE, Timing.DOUBLED} else Timing.PUNCTUAL


def sms_timing(number: str) -> Timing:
    """Return the timing of the receipts of a text message to *number*."""
    return _BY_DIGITS.get(fictitious_number(number), Timing.PUNCTUAL)


_BY_DIGITS = {"5550193": Timing.DOUBLED, "5550192": Timing.LATE}
