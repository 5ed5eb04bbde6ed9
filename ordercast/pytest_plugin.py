"""Give a shop's tests the fixture `ordercast`. Loaded by pytest where the package is installed."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ordercast.testing import Ordercast


@pytest.fixture
def ordercast() -> "Ordercast":
    """Return a fake producer that also says what becomes of an event (docs/shops.md)."""
    # Here, because pytest reads this file before it measures coverage, and in each run of the shop's.
    from ordercast.testing import Ordercast  # noqa: PLC0415

    return Ordercast()
