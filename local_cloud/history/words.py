"""Render what the messages of a history say, once for each template, language and channel. Used by the history."""

from ordercast.notifications.notification import Notification
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.prices import Pricing, claim_request
from ordercast.templates.rendering import words
from ordercast.templates.words import Words


class PastWords:
    """What messages are claimed at, by their template; `said` are the words from which that was made.

    Orders differ by little, so one of each kind is rendered: the parts of the others are taken to be as many.
    """

    def __init__(self, pricing: Pricing) -> None:
        self._pricing = pricing
        self._known: dict[tuple[str | None, ...], tuple[Words, ClaimRequest | None]] = {}

    @property
    def said(self) -> list[Words]:
        """The words so far."""
        return [each for each, _ in self._known.values()]

    def claim(self, row: Notification) -> ClaimRequest | None:
        """Return what *row* is claimed at; None if it may not be sent."""
        return self._of(row)[1]

    def version(self, row: Notification) -> str | None:
        """Return the version of the template that *row* is made from."""
        return self._of(row)[0].version

    def _of(self, row: Notification) -> tuple[Words, ClaimRequest | None]:
        instead = "instead" if row.fallback_for else None
        key = (row.template, row.channel, row.locale, row.country, row.order.shop, instead)
        if key not in self._known:
            made = words(row)
            self._known[key] = made, claim_request(row, made, pricing=self._pricing)
        return self._known[key]
