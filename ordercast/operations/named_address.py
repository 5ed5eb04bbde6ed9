"""Read an address as an operator writes it: an e-mail address, a number, or its hash. Used by commands and the console."""

import re

from msgspec import Struct

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.people.email_addresses import mailbox
from ordercast.people.phone_numbers import e164
from ordercast.usage_error import UsageError


class NamedAddress(Struct, frozen=True, kw_only=True):
    """The key of an address's record, with the address and its channel; of a hash nobody can tell them."""

    key: str
    address: str | None = None
    channel: Channel | None = None


def named_address(written: str, *, option: str = "--address") -> NamedAddress:
    """Return what is written for *option*. Raises `UsageError`, which quotes no address."""
    if _HASH.fullmatch(written):
        return NamedAddress(key=written)
    found = address_as_written(written)
    if found is None:
        hint = "ada@example.com, +12065550100, or 22 letters and digits"
        raise UsageError(f"{option}: neither an e-mail address, a number nor a hash", hint=hint)
    return found


def address_as_written(written: str) -> NamedAddress | None:
    """Return an e-mail address or a number in its international form; None if it is neither."""
    if "@" in written:
        address, channel = mailbox(written), Channel.EMAIL
    else:
        address, channel = e164(written, country=_NOWHERE), Channel.SMS
    if address is None:
        return None
    return NamedAddress(key=address_key(address), address=address, channel=channel)


def address_hash(written: str) -> str:
    """Return the hash of an address for `--address`. Raises `UsageError`."""
    return named_address(written).key


_NOWHERE = "ZZ"  # no country: the number has to name its own
_HASH = re.compile(r"[A-Za-z0-9_-]{22}")
