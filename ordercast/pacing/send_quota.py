"""Define what a provider allows the account: how fast, and how much of its day is left. Used by the sweeper."""

from msgspec import Struct


class SendQuota(Struct, frozen=True, kw_only=True):
    """`rate` in units a second, and how many units are `left` of the last 24 hours; None is no limit."""

    rate: float | None = None
    left: int | None = None

    @property
    def is_used_up(self) -> bool:
        """Whether the provider takes nothing more at the moment."""
        return self.left is not None and self.left <= 0

    @property
    def has_room(self) -> bool:
        """Whether it is worth while to begin again: there is room for a minute's messages."""
        return self.left is None or self.left >= max(1.0, A_WHILE * (self.rate or 0))


A_WHILE = 60
"""Seconds of the rate: a day that is full gives its room back as slowly as it was used, one by one."""
