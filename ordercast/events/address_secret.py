"""Hold the stage's secret, with which addresses are hashed. Set by functions and commands, used by `identity`.

A process works for one stage, so it has one secret, and it is here and in no argument: nothing that
prints arguments can show it (docs/decisions/0061). Without one nothing is hashed.
"""

from collections.abc import Callable

from ordercast.errors import Retryable

SHORTEST = 32
"""So many characters a secret has at least: 32 letters and digits are 190 bits."""

_LONGEST = 64  # bytes; blake2b takes no longer key (RFC 7693, 2.1)


class AddressSecretUnavailable(Retryable):
    """The secret could not be read, or is none; the message never quotes it."""


class AddressSecret:
    """The secret of one stage: read when it is first asked for, then kept as long as the process lives."""

    def __init__(self, read: Callable[[], str]) -> None:
        """Take *read*, which returns the secret; it raises `AddressSecretUnavailable` where it cannot."""
        self._read = read
        self._key = b""

    @property
    def key(self) -> bytes:
        """The key of the hashes. Raises `AddressSecretUnavailable`; then the next one asks again."""
        if not self._key:
            self._key = _usable(self._read())
        return self._key


def use_address_secret(read: Callable[[], str]) -> AddressSecret:
    """Let this process hash addresses with what *read* returns, and return the secret; nothing is read yet."""
    global _secret  # noqa: PLW0603 - one stage a process
    _secret = AddressSecret(read)
    return _secret


def address_secret() -> AddressSecret:
    """Return the secret of this process's stage."""
    return _secret


def _usable(written: str) -> bytes:
    key = written.encode()
    if not SHORTEST <= len(key) <= _LONGEST:
        message = f"the secret of address hashes has not {SHORTEST} to {_LONGEST} bytes"
        raise AddressSecretUnavailable(message)
    return key


def _none() -> str:
    message = "no stage's secret was named: without it no address is hashed"
    raise AddressSecretUnavailable(message)


_secret = AddressSecret(_none)
