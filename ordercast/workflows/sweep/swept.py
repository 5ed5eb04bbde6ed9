"""What the sweeper did in one invocation. Filled by its workflows, read by the Lambda function."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Swept:
    """Counts of notifications and, from `applied` on, of provider messages.

    `looked_at` is what was due and decided about, `released` what was deferred until now,
    `published` both that and what was published again. `bugs` are the types of exceptions raised,
    one for each notification. `matched` are receipts that were matched to texts in doubt.
    """

    looked_at: int = 0
    released: int = 0
    published: int = 0
    doubtful: int = 0
    bugs: list[str] = field(default_factory=list)
    applied: int = 0
    timed_out: int = 0
    matched: int = 0
    unattributed: int = 0
