"""Give a shop's tests the fixture `ordercast`. Loaded by pytest where the package is installed."""

import pytest

from ordercast.testing import Ordercast


@pytest.fixture
def ordercast() -> Ordercast:
    """Return a fake producer that also says what becomes of an event (docs/shops.md)."""
    return Ordercast()
