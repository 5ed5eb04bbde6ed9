"""Compare addresses however each is written. Used by the reading of events and the fingerprint.

What is sent to is read later (people/): here two ways to write one address only become equal.
"""

import unicodedata


def same_email(written: str) -> str:
    """Return an address without what does not show, its domain in lower case."""
    local, at, domain = _shown(written).rpartition("@")
    return f"{local}{at}{domain.lower()}"


def same_phone(written: str) -> str:
    """Return a number without the spaces, dashes, brackets and points between its digits."""
    return "".join(
        [
            each
            for each in unicodedata.normalize("NFKC", _shown(written))
            if each not in "()./" and not each.isspace() and unicodedata.category(each) != "Pd"
        ]
    )


def same_locale(written: str) -> str:
    """Return a locale in lower case with `-` between its parts."""
    return written.strip().replace("_", "-").lower()


def _shown(written: str) -> str:
    # ASCII has no format characters, and nearly every address is ASCII.
    if written.isascii():
        return written.strip()
    return "".join([each for each in written if unicodedata.category(each) != "Cf"]).strip()
