"""Say how urgent each alarm is. Used by the alarms' construct, `ordercast alarms` and the console."""

from enum import StrEnum


class Severity(StrEnum):
    """How soon an alarm wants somebody, the soonest first."""

    URGENT = "urgent"
    WARNING = "warning"
    NOTICE = "notice"


_URGENT = frozenset(
    {
        # Nothing goes out.
        *("AccountTrouble", "BudgetUsedUp", "SmsRouteClosed", "EmailRouteClosed"),
        *("HeartbeatMissing", "SmsHeartbeatMissing", "SweeperStopped", "OrdersTurnedAway"),
        # Something was lost, or will be without an operator.
        *("OrderRelayLost", "OrderRelayGaveUp", "AnalyticsLost", "InvocationsDropped"),
        "StatusEventsLost",
        # The account is about to be stopped, or money runs away.
        *("BouncesHigh", "ComplaintsHigh", "SmsSpendHigh", "EndUserMessagingSpendHigh", "CostHigh"),
    }
)

_PARTLY_USED = frozenset({"BudgetHalfUsed", "BudgetNearlyUsed"})

OUTSIDE_HEALTH = _PARTLY_USED | {
    # Messages go out all the same, and the rule of the stage's health has no room for more alarms.
    *("StatusEventsErrors", "StatusEventsBehind", "StatusEventsGaveUp", "StatusEventsLost"),
}
"""The alarms of the stage's topic that say nothing of its health."""

_NOTICES = _PARTLY_USED | {
    "Health",  # the others ring besides
    "ReleaseFails",  # takes a deployment back by itself
}


def severity_of(alarm: str) -> Severity:
    """Return the severity of the alarm with that id, a heading of docs/runbook.md."""
    if alarm in _URGENT:
        return Severity.URGENT
    return Severity.NOTICE if alarm in _NOTICES else Severity.WARNING


RATED = _URGENT | _NOTICES
"""The alarms that are no warning."""
