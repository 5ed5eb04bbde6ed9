"""Define what a provider is given to send. Used by the renderer, senders, prices and providers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The rendered text, and for e-mail a subject and an HTML body.

    `version` says what it was made from: its language, and a hash of its sources.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    version: str | None = None
