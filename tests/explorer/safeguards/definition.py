"""Define a safeguard: how to remove it, and where its loss must show. Used by the tests of safeguards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.explorer.deployed.fitting import Fitting
from tests.explorer.faults.points import Fault
from tests.fakes.ledger import FakeLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """One safeguard: what things look like `without` it, and what then `breaks`.

    It shows where `function` meets `fault` at `call`; without those, in the scenario as it is.
    Where a back-up would hide the loss, `backed_up` is off on both sides, and `kept` is the
    safeguard alone.
    """

    name: str
    without: Callable[[], Fitting]
    breaks: str
    function: str = ""
    call: tuple[str, str] = ("", "")
    fault: Fault | None = None
    kept: Callable[[], Fitting] = Fitting


@dataclass(slots=True)
class Around:
    """A port like the one inside, but for what a subclass does otherwise."""

    inner: Any

    def __getattr__(self, method: str) -> Any:
        return getattr(self.inner, method)


def below(around: Callable[[FakeLedger], Any]) -> Callable[[], Fitting]:
    """Return how to put *around* into the ledger itself."""
    return lambda: Fitting(ledger=around)
