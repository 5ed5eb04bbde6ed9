"""Say how far the comparison of an hour has come. Used by `workflows.reconcile.compare_in_passes`."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from ordercast.rollups.rollup import Amounts, RollupKey

READ_TO_THE_END = ""
"""In the place of a sequence number: the shard has no more records of the hour."""


class HourStep(StrEnum):
    """What is done of an hour, in this order."""

    RECORDS = "records"
    NOTIFICATIONS = "notifications"
    BUCKETS = "buckets"
    COMPARED = "compared"


class HourProgress(Struct, frozen=True, kw_only=True):
    """What the passes so far have found of an hour, and where the next one goes on.

    `age` is how many hours back it is compared, negative where it is looked at for budgets: `noted`
    are then the differences of their slots that ended with the hour `until`, as of `noted_at`. `shards` has the sequence number that was read last
    of each; `partition` is the next of counted versions; `sums` are those of the partitions before
    it, and `stamp` is of the same. `held` are the surpluses that the first look at buckets found,
    and `looked` its stamp. `revision` tells two passes at the same hour apart.
    """

    age: int
    hour: str
    step: HourStep = HourStep.RECORDS
    shards: Mapping[str, str] = field(default_factory=dict)
    partition: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[RollupKey, Amounts] = field(default_factory=dict)
    stamp: int = 0
    held: Mapping[RollupKey, Amounts] = field(default_factory=dict)
    looked: int = 0
    revision: int = 0
    until: str = ""
    noted: tuple[str, ...] = ()
    noted_at: str = ""
