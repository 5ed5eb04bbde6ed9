"""Recognise the recipients that ask for a scenario. Used by `outcomes_and_delays` and `errors`."""

from email.utils import parseaddr

SIMULATOR_DOMAIN = "simulator.amazonses.com"


def simulator_mailbox(address: str) -> tuple[str, str]:
    """Split a mailbox simulator's address `name+label@…` into name and label; ("", "") for any other."""
    local, _, domain = parseaddr(address)[1].rpartition("@")
    if domain.lower() != SIMULATOR_DOMAIN:
        return "", ""
    name, _, label = local.partition("+")
    return name.lower(), label


def fictitious_number(number: str) -> str:
    """Return the last seven digits of a North American number, by which scenarios go; "" for any other."""
    return number[-7:] if number.startswith("+1") else ""
