"""What the shop wrote in, an address that a provider takes out, or nothing."""

import re

import phonenumbers

MAX_EMAIL_LENGTH = 254  # RFC 5321, as clarified by erratum 1690 to RFC 3696

# SES takes an ASCII local part only (no SMTPUTF8); quoted local parts are not worth their risk.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)


def e164(phone: str, *, country: str) -> str | None:
    """Return *phone* as E.164, read as people in *country* (ISO 3166-1) write it."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mailbox(email: str) -> str | None:
    """Return *email* if it is one plain address, with an international domain in punycode."""
    local, _, domain = email.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return address if len(address) <= MAX_EMAIL_LENGTH and _EMAIL.fullmatch(address) else None
