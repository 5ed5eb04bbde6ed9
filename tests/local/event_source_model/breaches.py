"""A rule's name in, the model with that rule broken out: one line of its code says something else."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from textwrap import dedent
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule, and the line that it stands in; `instead` of that, the model says something wrong.

    `where` names a function by its module in the model.
    """

    rule: str
    where: str
    line: str
    instead: str

    @property
    def function(self) -> Any:
        """The function in which the line stands."""
        module, _, path = self.where.partition(".")
        return attrgetter(path)(import_module(f"local.event_source_model.{module}"))


class NotThere(Exception):
    """The line is not in the function, or more than once: the breach is out of date."""


@contextmanager
def broken(breach: Breach) -> Iterator[None]:
    """Let the rule be broken for a while."""
    function = breach.function
    kept = function.__code__
    function.__code__ = _rewritten(breach, function)
    try:
        yield
    finally:
        function.__code__ = kept


def _rewritten(breach: Breach, function: Any) -> Any:
    source = dedent(inspect.getsource(function))
    if source.count(breach.line) != 1:
        raise NotThere(f"{breach.rule}: {breach.line}")
    wrong = compile(source.replace(breach.line, breach.instead), breach.where, "exec")
    made: dict[str, Any] = {}
    exec(wrong, function.__globals__, made)  # noqa: S102 - a line of our own
    return made[function.__name__].__code__


_MORE_THAN_SIX = "count and size > mapping.payload_limit * 2"

BREACHES = tuple(
    Breach(rule=rule, where=where, line=line, instead=instead)
    for rule, where, line, instead in (
        (
            "batch-size",
            "lane._fitting",
            "count == mapping.batch_size",
            "count > mapping.batch_size",
        ),
        (
            "six-megabytes",
            "lane._fitting",
            "count and size > mapping.payload_limit",
            _MORE_THAN_SIX,
        ),
        ("six-megabytes", "answers.refusal_of", "> PAYLOAD_LIMIT", "> 2 * PAYLOAD_LIMIT"),
        ("window", "lane.Lane._begin_batch", "+ self._mapping.window", ""),
        (
            "one-batch-a-lane",
            "lane.Lane.next_step",
            "if not self._batches:\n        self._begin",
            "if True:\n        self._begin",
        ),
        (
            "parallelization",
            "shard.ShardSource.__init__",
            "range(mapping.parallelization)",
            "range(1)",
        ),
        (
            "order-by-key",
            "shard.lane_of",
            "zlib.crc32(key.encode()) % lanes",
            "__import__('random').randrange(lanes)",
        ),
        ("checkpoint-without-gaps", "shard.ShardSource._advance", "undone = min(", "undone = max("),
        ("parent-before-child", "lineage.Lineage._may_begin", "parent in self._finished", "True"),
        (
            "starting-position",
            "lineage.Lineage.see",
            "HORIZON if self._start == LATEST else self._start",
            "self._start",
        ),
        ("starting-position", "lineage.Lineage._look_first", "self._finished |= closed", "pass"),
        ("starting-timestamp", "lineage._start_of", 'case "AT_TIMESTAMP":', 'case "AT TIMESTAMP":'),
        (
            "lowest-number",
            "lane.Lane._answered",
            "lowest = min((int(number)",
            "lowest = max((int(number)",
        ),
        (
            "settled-suffix",
            "lane.Lane._answered",
            "r.position < lowest",
            "r.sequence_number not in failed",
        ),
        ("empty-is-success", "answers.failed_items", "if not answer:", "if answer is None:"),
        ("unusable-answer", "answers._identifier", " or named not in identifiers", ""),
        ("unusable-answer", "answers._identifier", "raise BatchFailed", "return ''"),
        (
            "answers-are-asked-for",
            "lane.Lane._answered",
            "if self._mapping.reports_item_failures:",
            "if True:",
        ),
        (
            "error-fails-the-batch",
            "lane.Lane.settle",
            "return self._failed(_tried(batch, outcome.request_id, outcome.error), now)",
            "return Settled(how='done', done=batch.records)",
        ),
        (
            "bisect",
            "lane.Lane._failed",
            "self._batches += [second, first]",
            "self._batches += [first, second]",
        ),
        ("bisect", "lane.Lane._failed", "not self._mapping.bisects or ", ""),
        (
            "bisect-uses-no-retry",
            "lane.Lane._failed",
            "_cut(replace(batch, not_before=None)",
            "_cut(replace(batch, not_before=None, retries=batch.retries + 1)",
        ),
        (
            "bisect-at-the-checkpoint",
            "lane.Lane._answered",
            "rest = self._retry(",
            "rest = self._failed(",
        ),
        (
            "retry-limit",
            "lane.Lane.next_step",
            "batch.retries > self._mapping.max_retries",
            "batch.retries >= self._mapping.max_retries",
        ),
        (
            "age-limit",
            "lane.Lane._cut_off",
            "now - record.arrived_at > limit",
            "now - record.arrived_at > 2 * limit",
        ),
        (
            "throttles-use-no-retry",
            "lane.Lane._refused",
            "refusals=refusals,",
            "refusals=refusals, retries=refusals,",
        ),
        (
            "until-it-expires",
            "lane.Lane._too_old",
            "return Expired(records=expired.records)",
            "return _given_up(expired, 'RecordAgeExceeded')",
        ),
        ("rest-is-given-up", "lane.Lane._answered", "batch.records[len(done) :]", "batch.records"),
        (
            "failure-record",
            "give_up.failure_record",
            'if given_up.condition == "RetryAttemptsExhausted":',
            "if True:",
        ),
        ("failure-payload", "give_up.failure_object", '{**record, "payload": payload}', "record"),
        ("failure-key", "give_up.failure_object_key", "/{shard_id}/", "/"),
        ("kinesis-event", "events.kinesis_record", 'f"{shard_id}:{number}"', "number"),
        ("sub-records", "lane.Lane._answered", "r.position < lowest", "r.position <= lowest"),
        ("table-order", "events.item_key", '.get("Keys", {})', '["SequenceNumber"]'),
        ("table-event", "events._plain", "base64.b64encode(value).decode()", "str(value)"),
        (
            "recorded-order",
            "recorded.in_order",
            "(at, shard_id, number,",
            "(at, shard_id, -number,",
        ),
        ("recorded-order", "recorded.in_order", "read.position)", "id(record))"),
        ("queue-batch", "queue.QueueGatherer.next_step", "and now < until", ""),
        (
            "queue-batch",
            "queue.QueueGatherer._fitting",
            "size > self._mapping.payload_limit",
            "False",
        ),
        (
            "queue-partial",
            "queue.QueueGatherer.settle",
            "if m.message_id not in failed",
            "if not failed",
        ),
        (
            "queue-unusable-answer",
            "queue.QueueGatherer.settle",
            "except BatchFailed:\n        return ()",
            "except BatchFailed:\n        return messages",
        ),
        (
            "queue-error",
            "queue.QueueGatherer.settle",
            "if not isinstance(outcome, Answered):\n        return ()",
            "if not isinstance(outcome, Answered):\n        return messages",
        ),
        (
            "visibility",
            "standard_queue.StandardQueue.receive",
            "message.visible_at = now + self.hides_for",
            "pass",
        ),
        (
            "receive-count",
            "standard_queue.StandardQueue.receive",
            "message.receives += 1",
            "message.receives = 1",
        ),
        (
            "dead-letters",
            "standard_queue.StandardQueue._is_spent",
            "message.receives >= self.max_receives",
            "False",
        ),
        (
            "latest-handle",
            "standard_queue.StandardQueue.delete",
            "m.receipt_handle not in handles",
            "m.message_id not in {h.split('#')[0] for h in handles}",
        ),
        ("redrive", "standard_queue.StandardQueue.redrive", "sent_at=m.sent_at", "sent_at=now"),
        (
            "queue-retention",
            "standard_queue.StandardQueue.receive",
            "<= self.retention",
            "<= 10 * self.retention",
        ),
    )
)
