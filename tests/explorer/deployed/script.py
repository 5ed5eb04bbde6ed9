"""Define what the outside world does by itself. Used by the explorer's stage and its scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ordercast.events.order_event import Channel
from tests.explorer.deployed.receipt_script import ReceiptScript
from tests.explorer.event_sources.changes import Withheld


@dataclass(slots=True, kw_only=True)
class Script:
    """What the outside world does by itself.

    Calls, receipts and what the ledger's stream withholds by order and channel; what the topic
    loses, doubles, delays and returns by id.
    """

    calls: dict[tuple[str, Channel], tuple[str, ...]]
    receipts: Mapping[tuple[str, Channel], Sequence[ReceiptScript]]
    lost: set[str]
    doubled: set[str]
    delayed: set[str]
    returned: set[str]
    withheld: Withheld
