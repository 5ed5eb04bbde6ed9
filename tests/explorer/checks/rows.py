"""Find the notifications of a stage, and name them in a finding. Used by the checks of promises."""

from ordercast.notifications.notification import Notification
from tests.explorer.deployed.stage import Stage


def all_rows(stage: Stage) -> dict[str, Notification]:
    """Return every notification that there was, as it was when it expired, or as it is."""
    return {**stage.ended, **stage.ledger.rows}


def named(row: Notification) -> str:
    return f"{row.order.order_id}/{row.channel}/{row.status}"
