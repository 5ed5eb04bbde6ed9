"""What the shop wrote in, an address that a provider takes out, or nothing."""

import re
from functools import lru_cache

import phonenumbers

MAX_EMAIL_LENGTH = 254  # RFC 5321, as clarified by erratum 1690 to RFC 3696

# SES takes an ASCII local part only (no SMTPUTF8); quoted local parts are not worth their risk.
# A dot stands between two other characters, and the last label is no number: that is an address
# literal's end, not a domain's.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@({_LABEL}\.)+(?![0-9]+$){_LABEL}(?<=[^.]{{2}})"
)


@lru_cache(maxsize=1024)
def e164(phone: str, *, country: str) -> str | None:
    """Return *phone* as E.164, read as people in *country* (ISO 3166-1) write it.

    Only what is a number and nothing else: a word beside it, an extension or letters for digits
    would leave us guessing at who answers.
    """
    number = number_in(phone, country)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=1024)
def number_in(phone: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return what `e164` writes, taken apart.

    Remembered for a batch's time: parsing one costs more than all else that is decided about it.
    """
    if any(character.isalpha() for character in phone):
        return None
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return number


@lru_cache(maxsize=1024)
def country_of(number: str) -> str | None:
    """Return the country (ISO 3166-1) of a number in E.164."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))


def mailbox(email: str) -> str | None:
    """Return *email* if it is one plain address, with an international domain in punycode."""
    local, _, domain = email.strip().rpartition("@")
    ascii_domain = domain if domain.isascii() else _punycode(domain)
    if ascii_domain is None:
        return None
    address = f"{local}@{ascii_domain}"
    return address if len(address) <= MAX_EMAIL_LENGTH and _EMAIL.fullmatch(address) else None


def _punycode(domain: str) -> str | None:
    """Return an international domain as DNS has it, or None where that is not beyond doubt.

    The trap: Python's codec follows IDNA 2003, which turns `straße` into `strasse`, by now
    somebody else's domain. So the way back must lead to where we came from.
    """
    try:
        encoded = domain.encode("idna")
        return encoded.decode() if encoded.decode("idna") == domain.lower() else None
    except UnicodeError:
        return None
