"""Define the safeguards of budgets, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from msgspec.structs import replace

from ordercast.budgets.account import AccountDraw
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard
from tests.explorer.safeguards.sending import SMS_SENDER


class _Unlimited(Around):
    """Lets every sum be drawn."""

    def draw(self, draws: Sequence[AccountDraw], pace: Any = None) -> Any:
        return self.inner.draw([replace(each, kept=Decimal(-1000)) for each in draws], pace)


class _Keeping(Around):
    """Takes nothing back."""

    def give_back(self, draws: Sequence[AccountDraw]) -> None:
        """Do nothing."""


SAFEGUARDS_OF_BUDGETS = (
    Safeguard(
        name="condition of a draw",
        without=lambda: Fitting(accounts=_Unlimited),
        breaks="was overdrawn",
    ),
    Safeguard(
        name="what is over one budget goes back to the others",
        without=lambda: Fitting(accounts=_Keeping, corrects_budgets=False),
        kept=lambda: Fitting(corrects_budgets=False),
        breaks="has used",
    ),
    Safeguard(
        name="the verifier gives back what a crash has left drawn",
        without=partial(Fitting, corrects_budgets=False),
        function=SMS_SENDER,
        call=("accounts", "draw"),
        fault=Fault.CRASH_AFTER,
        breaks="has used",
    ),
)
