"""Sign and verify webhooks as Standard Webhooks says, with the standard library alone.

A sender (`forward.py`) takes `Webhook(secret).headers(…)`, a receiver `Webhook(secret).verify(…)`.
Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 5 * 60
"""Seconds by which a timestamp may differ from the receiver's clock; beyond, it may be a replay."""


class Refused(Exception):
    """A webhook is not to be trusted. The message says why, and nothing of the secret."""


class Webhook:
    """Signs and verifies with the secrets of one endpoint.

    A secret is `whsec_` and the base64 of 24 to 64 random bytes. With two of them both sign and either
    is taken, so that one can be replaced without a gap.
    """

    def __init__(self, *secrets: str) -> None:
        self._keys = [_key(each) for each in secrets]
        if not self._keys:
            raise ValueError("a webhook needs a secret")

    def headers(self, message_id: str, body: bytes, *, now: float) -> dict[str, str]:
        """Return the headers of one attempt at *now*, in seconds since 1970.

        The id is the same at each attempt. It has no point: what is signed is parted by points.
        """
        if "." in message_id:
            raise ValueError("a webhook's id has no point in it")
        timestamp = str(int(now))
        signatures = [_sign(key, message_id, timestamp, body) for key in self._keys]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
        }

    def verify(self, headers: Mapping[str, str], body: bytes, *, now: float) -> str:
        """Return the webhook's id, by which a repetition is known. Raises `Refused`.

        *body* are the bytes as they came: JSON that was read and written again has another signature.
        """
        given = {name.lower(): value for name, value in headers.items()}
        wanted = ("webhook-id", "webhook-timestamp", "webhook-signature")
        if missing := [name for name in wanted if name not in given]:
            raise Refused(f"the header {missing[0]} is missing")
        message_id, timestamp, signatures = (given[name] for name in wanted)
        if not (timestamp.isascii() and timestamp.isdigit()):
            raise Refused("webhook-timestamp is not a number of seconds")
        if abs(now - int(timestamp)) > TOLERANCE:
            raise Refused("webhook-timestamp is too old or too new")
        expected = [_sign(key, message_id, timestamp, body) for key in self._keys]
        for each in signatures.split(" "):
            version, _, signature = each.partition(",")
            if version == "v1" and any(_same(signature, right) for right in expected):
                return message_id
        raise Refused("no signature fits")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not (secret.startswith("whsec_") and 24 <= len(key) <= 64):
        raise ValueError("a secret is whsec_ and the base64 of 24 to 64 bytes")
    return key


def _sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    content = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _same(given: str, right: str) -> bool:
    """Compare in constant time, so that the right one cannot be guessed byte by byte."""
    return hmac.compare_digest(given.encode(), right.encode())
