"""Lambda: each hour, nobody's bills are counted and hours compared; what differs is a metric."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from analytics.metrics import emf_line
from ordercast.rollups.rollup import hour_of
from ordercast.settings.analytics import HOURS_AGO, VerifierSettings
from ordercast.wiring.reconciliation import Verification, verification

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

HOUR = timedelta(hours=1)

AGES = tuple(hours * HOUR for hours in HOURS_AGO)

METRIC = "RollupsDiffer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What one hour came to; `trouble` is everything that somebody has to do something about."""

    hour: str
    facts: dict[str, Any]
    trouble: int


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Compare the hour that began `hours_ago`, and tell how much is wrong with it, 0 included.

    Without that, compare all of AGES. With the youngest of them, what carriers bill for texts that
    nobody is found to have sent is counted first.
    """
    asked = event.get("hours_ago")
    ages = AGES if asked is None else (asked * HOUR,)
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    if AGES[0] in ages and (charges := _wired().charges):
        log.info("bills_counted", extra={"unattributed": charges()})
    now, settings = datetime.now(UTC), _settings()
    begun = now.replace(minute=0, second=0, microsecond=0)
    compared = [compare(_wired(), begun - age, settings=settings, now=now) for age in ages]
    for each in compared:
        log.info("hour_compared", extra={"hour": each.hour, **each.facts})
    trouble = sum(each.trouble for each in compared)
    print(emf_line({METRIC: trouble}, stage=settings.stage, at=now))
    return {"trouble": trouble, "hours": {each.hour: each.facts for each in compared}}


def compare(
    wired: Verification, begun: datetime, *, settings: VerifierSettings, now: datetime
) -> Compared:
    """Compare one hour's books, and the records that arrived in it while the stream has them."""
    promised: set[str] = set()
    records: dict[str, Any] = {}
    trouble = 0
    if now - begun < settings.stream_retention:
        placed = wired.trace_records(begun, begun + HOUR)
        promised = placed.promised
        trouble = len(placed.lost) + len(placed.unentered)
        records = {
            "records": placed.records,
            "accepted": placed.accepted,
            "duplicate": placed.duplicate,
            "stale": placed.stale,
            "parked": placed.parked,
            "waiting": len(placed.waiting),
            "lost": len(placed.lost),
            "unentered": len(placed.unentered),
        }
    found = wired.verify([hour_of(begun)], promised)
    facts = {
        "notifications": found.notifications,
        "different": found.different,
        "not_yet_counted": len(found.not_yet_counted),
        "moving": len(found.moving),
        "unlisted": found.unlisted,
        "ended": found.ended,
        **records,
    }
    trouble += found.different + len(found.not_yet_counted) + found.unlisted
    return Compared(hour=hour_of(begun), facts=facts, trouble=trouble)


@cache
def _log() -> Logger:
    return Logger(service="verifier")


@cache
def _settings() -> VerifierSettings:
    return VerifierSettings.from_env(os.environ)


@cache
def _wired() -> Verification:
    """Build once per execution environment, on the first invocation."""
    return verification(_settings(), now=lambda: datetime.now(UTC))
