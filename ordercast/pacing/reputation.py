"""Define a provider's opinion of the account, and when e-mail is stopped for it. Used by the sweeper."""

from decimal import Decimal

from msgspec import Struct

ENOUGH = 100
"""With fewer e-mails in 24 hours one bounce would stop all of them."""

FALLEN = Decimal("0.9")
"""A rate is low again below this share of its limit, so that it does not stop and start around it."""


class Reputation(Struct, frozen=True, kw_only=True):
    """Bounces and complaints in percent of the account's e-mails, None if not known; `sent` within 24 hours."""

    bounces: Decimal | None = None
    complaints: Decimal | None = None
    sent: int = 0


class ReputationLimits(Struct, frozen=True, kw_only=True):
    """The rates in percent at which e-mail is held. Set in stages/*.toml as hold_bounce_percent and hold_complaint_percent.

    A limit of 0 is none.
    """

    bounces: Decimal
    complaints: Decimal

    def exceeded(self, by: Reputation) -> str:
        """Return which rate is at its limit or above, in words; "" if none is, or too little was sent."""
        return self._reason(by, Decimal(1)) if by.sent >= ENOUGH else ""

    def is_low(self, reputation: Reputation) -> bool:
        """Tell whether all rates are well below their limits."""
        return not self._reason(reputation, FALLEN)

    def _reason(self, by: Reputation, share: Decimal) -> str:
        for name, rate, limit in (
            ("bounces", by.bounces, self.bounces),
            ("complaints", by.complaints, self.complaints),
        ):
            if limit and rate is not None and rate >= limit * share:
                return (
                    f"{name}: {rate.normalize():f} % of the account's e-mails, held from {limit} %"
                )
        return ""
