"""Normalise phone numbers and e-mail addresses. Used by routing, and by the senders for countries."""

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

    None for text beside the number, an extension or letters for digits: the recipient would be a
    guess.
    """
    number = number_in(phone, country)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=1024)
def number_in(phone: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return the parsed number, or None for no valid one.

    Cached: parsing costs more than the rest of the decision.
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
    """Return an international domain in punycode, or None if that is ambiguous.

    The trap: Python's codec follows IDNA 2003, which turns `straße` into `strasse`, another
    owner's domain by now. So decoding must give the same domain again.
    """
    try:
        encoded = domain.encode("idna")
        return encoded.decode() if encoded.decode("idna") == domain.lower() else None
    except UnicodeError:
        return None
