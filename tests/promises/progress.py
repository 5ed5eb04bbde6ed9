"""What is promised of how far comparisons have come, in memory or in DynamoDB."""

from decimal import Decimal
from hashlib import sha256
from typing import Protocol

from msgspec.structs import replace

from ordercast.reconciliation.progress import HourProgress, HourStep
from ordercast.rollups.rollup import RollupKey


class Progress(Protocol):
    def load(self, age: int) -> HourProgress | None: ...
    def save(self, progress: HourProgress) -> bool: ...


BUCKET = RollupKey("2026-03-02T09", "sms", "SE", "shipped", None, "Example Tea")
FIRST = HourProgress(
    age=3,
    hour="2026-03-02T09",
    step=HourStep.NOTIFICATIONS,
    shards={"shard-1": "4958", "shard-2": ""},
    partition=7,
    figures={"records": 12, "lost": 1},
    sums={BUCKET: {"state#sent": 4, "cost": Decimal("0.01002")}},
    stamp=2**40,
    held={BUCKET: {"state#sent": -1}},
    looked=9,
    revision=1,
    until="2026-03-02T23",
    noted=("all/month#2026-03 02 0.5 0.3",),
    noted_at="2026-03-03T03:05:00+00:00",
)


class ProgressPromises:
    """Mix in, and say with a fixture which `progress`."""

    def test_what_was_never_begun_is_nothing(self, progress: Progress) -> None:
        assert progress.load(3) is None

    def test_it_is_read_as_it_was_saved_each_age_by_itself(self, progress: Progress) -> None:
        other = replace(FIRST, age=26, step=HourStep.BUCKETS)
        assert [True, True] == [progress.save(FIRST), progress.save(other)]

        assert (FIRST, other, None) == (progress.load(3), progress.load(26), progress.load(74))

    def test_the_next_revision_takes_its_place(self, progress: Progress) -> None:
        progress.save(FIRST)
        second = HourProgress(age=3, hour="2026-03-02T10", revision=2)

        assert progress.save(second)
        assert second == progress.load(3)

    def test_of_two_passes_one_is_kept(self, progress: Progress) -> None:
        progress.save(FIRST)
        one, other = (replace(FIRST, revision=2, partition=n) for n in (8, 9))

        assert [True, False] == [progress.save(one), progress.save(other)]
        assert one == progress.load(3)
        assert not progress.save(FIRST)

    def test_an_hour_of_many_buckets_is_kept_whole(self, progress: Progress) -> None:
        """Ten thousand that nothing compresses: more than an item takes."""
        sums = {
            BUCKET._replace(campaign=sha256(f"{n}".encode()).hexdigest()): {"state#sent": n}
            for n in range(10_000)
        }
        large = replace(FIRST, sums=sums)

        assert progress.save(large)
        assert large == progress.load(3)
