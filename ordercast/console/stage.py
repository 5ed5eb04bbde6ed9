"""Hold what the pages of the console read a stage by. Used by every page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ordercast.gateways import clients
from ordercast.operations.alarms import StageAlarm, stage_alarms
from ordercast.operations.doctor.findings import AccountFinding
from ordercast.operations.doctor.second_region import account_findings
from ordercast.operations.parked_sources import ParkedSources, parked_sources
from ordercast.operations.queue_depths import QueueDepth, queue_depths
from ordercast.operations.target import Target
from ordercast.workflows.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleStage:
    """A stage and how it is read; `allow_actions` tells whether it may be changed."""

    where: Target
    allow_actions: bool
    parked: Callable[[], ParkedSources]
    account: Callable[[], Sequence[AccountFinding]]
    queues: Callable[[], Mapping[str, QueueDepth]]
    alarms: Callable[[], Sequence[StageAlarm]]
    now: Clock


def console_stage(where: Target, *, allow_actions: bool, endpoint: str | None) -> ConsoleStage:
    """Return the stage with its real clients; *endpoint* is a local cloud's, which answers for the account."""
    return ConsoleStage(
        where=where,
        allow_actions=allow_actions,
        parked=lambda: parked_sources(where),
        account=lambda: account_findings(where, now=_now, endpoint=endpoint),
        queues=lambda: queue_depths(clients.sqs(), where.names),
        alarms=lambda: stage_alarms(where, now=_now()),
        now=_now,
    )


def _now() -> datetime:
    return datetime.now(UTC)
