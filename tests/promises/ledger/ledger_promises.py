"""What every ledger promises, in memory or in DynamoDB."""

from tests.promises.ledger.changes import ChangePromises
from tests.promises.ledger.claims import ClaimPromises, SettlementPromises
from tests.promises.ledger.decisions import DecisionPromises, EntryPromises, LatestStatusPromises
from tests.promises.ledger.due import DuePromises
from tests.promises.ledger.fallbacks import FallbackPromises
from tests.promises.ledger.lists import (
    AddressPromises,
    CustomerPromises,
    FailurePromises,
    OrderPromises,
)
from tests.promises.ledger.receipts import ReceiptPromises
from tests.promises.ledger.tries import TryPromises


class LedgerPromises(
    DecisionPromises,
    LatestStatusPromises,
    EntryPromises,
    ClaimPromises,
    SettlementPromises,
    ChangePromises,
    ReceiptPromises,
    DuePromises,
    FallbackPromises,
    TryPromises,
    OrderPromises,
    CustomerPromises,
    AddressPromises,
    FailurePromises,
):
    """Mix in, and say with a fixture which `ledger`, a fresh one for each test."""
