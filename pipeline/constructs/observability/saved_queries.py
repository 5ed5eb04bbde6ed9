"""Save queries over the functions' logs in CloudWatch Logs Insights. Used by the observability stack.

Add one: an entry in QUERIES. A test compares its fields with those of the lines that functions write;
docs/runbook.md says when to run it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_logs as logs
from constructs import Construct

from pipeline.constructs.functions.function import Function

_SENDERS = ("SmsSender", "EmailSender")
_ALL = (
    *("OrderRelay", *_SENDERS, "ReceiptTracker", "Sweeper", "Analytics", "Verifier"),
    "StatusEvents",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """A query over the log groups of some functions, by their constructs' names; steps are joined by pipes.

    Functions that the stage does not have are left out.
    """

    functions: tuple[str, ...]
    steps: tuple[str, ...]


QUERIES: Mapping[str, SavedQuery] = {
    "what-failed": SavedQuery(
        functions=_ALL,
        steps=(
            "filter level in ['ERROR', 'WARNING'] or @message like /Task timed out|Traceback/",
            "fields @timestamp, service, message, reason, request_id, @message",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
    "relay-undone": SavedQuery(
        functions=("OrderRelay",),
        steps=(
            "filter message in ['batch_relayed', 'batch_not_relayed']",
            (
                "stats sum(records), sum(accepted), sum(repeated), sum(stale), sum(parked),"
                " sum(late), sum(undone) by bin(5m), reason"
            ),
        ),
    ),
    "sender-pace": SavedQuery(
        functions=_SENDERS,
        steps=(
            "filter message = 'batch_sent'",
            (
                "stats sum(messages), sum(settled.sent), sum(settled.failed), sum(settled.in_doubt),"
                " sum(settled.deferred), sum(retried) by bin(5m), service"
            ),
        ),
    ),
    "sender-refusals": SavedQuery(
        functions=_SENDERS,
        steps=(
            'filter message = \'batch_sent\' and @message like /"back_pressure": ?{"|"bugs": ?\\["/',
            "fields @timestamp, service, messages, retried, @message",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
    "sweeper-backlog": SavedQuery(
        functions=("Sweeper",),
        steps=(
            "filter message = 'swept'",
            (
                "stats sum(released), sum(published), sum(postponed), max(backlog), max(waits),"
                " max(budget_used) by bin(5m)"
            ),
        ),
    ),
    "receipts-without-message": SavedQuery(
        functions=("ReceiptTracker",),
        steps=(
            "filter message = 'batch_applied'",
            "stats sum(receipts), sum(orphans), sum(without_row), sum(malformed) by bin(1h)",
        ),
    ),
    "hours-that-differ": SavedQuery(
        functions=("Verifier",),
        steps=(
            "filter message = 'hour_compared'",
            "filter different > 0 or not_yet_counted > 0 or unlisted > 0 or lost > 0 or unentered > 0",
            (
                "fields @timestamp, hour, notifications, different, not_yet_counted, unlisted, lost,"
                " unentered"
            ),
            "sort @timestamp desc",
        ),
    ),
    "cold-starts": SavedQuery(
        functions=_ALL,
        steps=(
            "filter @type = 'REPORT'",
            (
                "stats count(@initDuration), max(@initDuration), max(@duration), max(@maxMemoryUsed)"
                " by @log"
            ),
        ),
    ),
}


class SavedQueries(Construct):
    """Each query under `Ordercast/STAGE/NAME`. They cost nothing until they are run, and then by what they read."""

    def __init__(
        self, scope: Construct, name: str, *, stage: str, functions: Mapping[str, Function]
    ) -> None:
        super().__init__(scope, name)
        for each, query in QUERIES.items():
            logs.CfnQueryDefinition(
                self,
                each,
                name=f"Ordercast/{stage}/{each}",
                query_string="\n| ".join(query.steps),
                log_group_names=[
                    functions[f].log_group.log_group_name for f in query.functions if f in functions
                ],
            )
