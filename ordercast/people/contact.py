"""Read phone numbers and e-mail addresses as people write them. Used by routing and the senders."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

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


class NumberKind(StrEnum):
    """Whether a number takes texts: a mobile does, a landline rarely.

    A special number is one that no order text goes to: premium rate, shared cost, toll-free, personal
    (which is forwarded at the caller's cost), pager, company-wide (UAN), voicemail, and all without a
    country, such as satellite phones.
    """

    MOBILE = "mobile"
    LANDLINE = "landline"
    SPECIAL = "special"


class PhoneNumber(NamedTuple):
    """A valid number in E.164, its country (ISO 3166-1) if it has one, and its kind."""

    e164: str
    country: str | None
    kind: NumberKind


@lru_cache(maxsize=1024)
def phone_number(written: str, country: str) -> PhoneNumber | None:
    """Read a number as people in *country* (ISO 3166-1) write it.

    None for text beside the number, an extension or letters for digits: the recipient would be a
    guess. Cached: parsing costs more than the rest of the decision.
    """
    number = number_in(written, country)
    if number is None:
        return None
    region = phonenumbers.region_code_for_number(number)
    kind = _KINDS.get(phonenumbers.number_type(number), NumberKind.SPECIAL)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        return PhoneNumber(e164, None, NumberKind.SPECIAL)
    return PhoneNumber(e164, region, kind)


_KINDS = {
    phonenumbers.PhoneNumberType.MOBILE: NumberKind.MOBILE,
    # As in North America, where numbers do not tell.
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.MOBILE,
    phonenumbers.PhoneNumberType.VOIP: NumberKind.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE: NumberKind.LANDLINE,
}


def e164(phone: str, *, country: str) -> str | None:
    """Return *phone*, read as people in *country* write it, in E.164; None if `phone_number` is None."""
    number = phone_number(phone, country)
    return number.e164 if number else None


@lru_cache(maxsize=1024)
def number_in(phone: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return the parsed number, or None for no valid one."""
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
