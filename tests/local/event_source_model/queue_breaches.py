"""The rules of queues, each with the line that it stands in, and what to say instead to break it."""

ROWS = (
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
