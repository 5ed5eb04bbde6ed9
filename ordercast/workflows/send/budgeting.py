"""Draw what a wave may cost from its budgets, together with its slots. Used by `workflows.send_messages`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.budgets.account import AccountDraw, Drawn
from ordercast.budgets.budget import Limits
from ordercast.budgets.draws import Exceeded, Expense, draws_of, over
from ordercast.budgets.velocity import Velocity, applying
from ordercast.errors import LedgerUnavailable, Retryable
from ordercast.events.order_event import Priority
from ordercast.pacing.bucket import Draw
from ordercast.rollups.budget_holds import spending_of
from ordercast.sending.claim import needed_for
from ordercast.workflows.ports import Accounts, PaceAnswer
from ordercast.workflows.send.checks import Ready

DrawSlots = Callable[[Draw], PaceAnswer]
"""Draw the slots of a wave from the bucket of pace."""

TakeSlots = Callable[[DrawSlots], list[datetime]]
"""Take the slots of a wave, by that draw; none if there is no room."""

_ROUNDS = 4


class Reserved(Struct, frozen=True, kw_only=True):
    """The slots of a wave, the claim requests with what was drawn for each, and what is over a budget."""

    slots: list[datetime]
    wave: list[Ready] = field(default_factory=list)
    over: Mapping[str, Exceeded] = field(default_factory=dict)
    drawn: Sequence[Expense] = ()


class Budgeting(Struct, frozen=True, kw_only=True):
    """Draw from every budget of each message, or from none of them.

    A draw that is not heard of, and what a crash leaves behind, stays drawn until the verifier finds
    that nothing has cost it: too much may be reserved, never too little.
    """

    accounts: Accounts
    draw_slots: DrawSlots
    velocity: Velocity | None = None

    def reserve(self, ready: Sequence[Ready], limits: Limits, take: TakeSlots) -> Reserved:
        """Take the slots of a wave and draw its ceilings; raises `LedgerUnavailable`.

        Without budgets this makes no call but that for the slots.
        """
        wanted = [each for each in self._wanted(ready, limits) if each.amount and each.budgets]
        if not wanted:
            slots = take(self.draw_slots)
            return Reserved(slots=slots, wave=list(ready) if slots else [])
        first = _First(self.accounts, draws_of(wanted))
        slots = take(first)
        if not slots:
            self._give_back(first.done)
            return Reserved(slots=[])
        exceeding = self._settle(wanted, first)
        admitted = [each for each in wanted if each.id not in exceeding]
        return Reserved(
            slots=slots,
            wave=_with_draws(ready, admitted, without=exceeding.keys()),
            over=exceeding,
            drawn=admitted,
        )

    def give_back(self, reserved: Reserved, unclaimed: AbstractSet[str]) -> None:
        """Return what was drawn for messages that certainly were not claimed."""
        self._give_back(draws_of(each for each in reserved.drawn if each.id in unclaimed))

    def _settle(self, wanted: Sequence[Expense], first: "_First") -> dict[str, Exceeded]:
        """Leave out what does not fit until every account has been drawn from; return what was left out."""
        exceeding: dict[str, Exceeded] = {}
        draws, answers = first.draws, first.answers
        done = {each.key for each in first.done}
        for _ in range(_ROUNDS):
            left = _left(draws, answers)
            if any(each.failed for each in answers):
                break
            if not left:
                return exceeding
            fewer = over(_admitted(wanted, exceeding), left)
            dropped = draws_of(each for each in wanted if each.id in fewer)
            self._give_back([each for each in dropped if each.key in done])
            exceeding |= fewer
            rest = draws_of(_admitted(wanted, exceeding))
            draws = [each for each in rest if each.key not in done]
            answers = self.accounts.draw(draws)[0] if draws else []
            done |= {d.key for d, answer in zip(draws, answers, strict=True) if answer.done}
        rest = draws_of(_admitted(wanted, exceeding))
        self._give_back([each for each in rest if each.key in done])
        raise LedgerUnavailable("a draw from a budget failed, or was refused again and again")

    def _give_back(self, draws: Sequence[AccountDraw]) -> None:
        # What is not given back, or not known to be, is left to the verifier.
        with suppress(Retryable):
            if draws:
                self.accounts.give_back(draws)

    def _wanted(self, ready: Iterable[Ready], limits: Limits) -> Iterable[Expense]:
        for outgoing, request in ready:
            row = outgoing.notification
            spending = spending_of(row)
            yield Expense(
                id=row.id,
                amount=needed_for(row, request),
                hour=spending.hour,
                is_high=row.priority is Priority.HIGH,
                budgets=applying(spending, limits, self.velocity),
            )


class _First(Struct):
    """Draws from budgets with the first draw of slots, in one call; later ones are of slots alone."""

    accounts: Accounts
    draws: list[AccountDraw]
    answers: list[Drawn] = field(default_factory=list)

    def __call__(self, pace: Draw) -> PaceAnswer:
        """Draw."""
        drawn, answer = self.accounts.draw([] if self.answers else self.draws, pace)
        self.answers = self.answers or drawn
        assert answer is not None  # noqa: S101 - for the type checker: slots were asked for
        return answer

    @property
    def done(self) -> list[AccountDraw]:
        """What was drawn."""
        return [d for d, a in zip(self.draws, self.answers, strict=False) if a.done]


def _left(draws: Iterable[AccountDraw], answers: Iterable[Drawn]) -> dict[str, Decimal]:
    return {
        draw.key: answer.account.left
        for draw, answer in zip(draws, answers, strict=True)
        if not answer.done and answer.account
    }


def _admitted(wanted: Iterable[Expense], exceeding: Mapping[str, Exceeded]) -> list[Expense]:
    return [each for each in wanted if each.id not in exceeding]


def _with_draws(
    ready: Iterable[Ready], admitted: Iterable[Expense], *, without: AbstractSet[str]
) -> list[Ready]:
    amounts = {each.id: each.amount for each in admitted}
    return [
        (
            outgoing,
            replace(
                request,
                drawn=amounts.get(request.id, Decimal()),
                drawn_before=outgoing.notification.drawn,
            ),
        )
        for outgoing, request in ready
        if request.id not in without
    ]
