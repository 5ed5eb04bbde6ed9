"""Read e-mail addresses as people write them. Used by routing, customers and the senders."""

import re
import unicodedata

from ordercast.people.invisible_characters import visible

MAX_EMAIL_LENGTH = 254  # RFC 5321, as clarified by erratum 1690 to RFC 3696

# SES takes an ASCII local part only (no SMTPUTF8); quoted local parts are not worth their risk.
# Its dots may stand anywhere: carriers have given out such addresses, and the provider judges.
# The last label is no number: that is an address literal's end, not a domain's.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_LOCAL}@({_LABEL}\.)+(?![0-9]+$){_LABEL}(?<=[^.]{{2}})")

# `Ada <ada@example.com>`, whose name may be empty and holds no second address.
_NAMED = re.compile(r"[^@<>]*<([^<>]+)>")


def mailbox(email: str) -> str | None:
    """Return the one plain address in *email*, its domain in lower case and in punycode.

    None for no address, or for more than one. A name before it, `mailto:`, a full stop or a comma
    after it and invisible characters leave one reading.
    """
    written = visible(email)
    if not written.isprintable():
        return None
    named = _NAMED.fullmatch(written)
    plain = visible(named[1]) if named else written
    plain = plain.removeprefix("mailto:").rstrip(".,;").replace("\uff20", "@")
    local, _, domain = plain.rpartition("@")
    ascii_domain = domain.lower() if domain.isascii() else _punycode(domain)
    if ascii_domain is None:
        return None
    address = f"{local}@{ascii_domain}"
    return address if len(address) <= MAX_EMAIL_LENGTH and _EMAIL.fullmatch(address) else None


def _punycode(domain: str) -> str | None:
    """Return an international domain in punycode, or None if that is ambiguous.

    The trap: Python's codec follows IDNA 2003, which turns `straße` into `strasse`, another
    owner's domain by now. So decoding must give the same domain again.
    """
    composed = unicodedata.normalize("NFC", domain)
    try:
        encoded = composed.encode("idna")
        return encoded.decode().lower() if encoded.decode("idna") == composed.lower() else None
    except UnicodeError:
        return None
