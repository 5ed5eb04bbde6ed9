"""Mask phone numbers and e-mail addresses, so that a list names nobody. Used by the console."""

HIDDEN = "···"

_ENDS = 2  # digits of a number that are left, as on a receipt


def masked(address: str) -> str:
    """Return `+1 ··· 00` of a phone number, `a···@example.com` of an e-mail address; of anything else, nothing."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}{HIDDEN}@{domain}"
    if address.startswith("+"):
        return f"{address[:_ENDS]}{HIDDEN}{address[-_ENDS:]}"
    return HIDDEN
