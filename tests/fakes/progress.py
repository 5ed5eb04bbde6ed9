"""How far comparisons have come, in memory."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from ordercast.reconciliation.progress import HourProgress


@dataclass
class FakeProgress:
    """The progress of each age."""

    kept: dict[int, HourProgress] = field(default_factory=dict)

    def load(self, age: int) -> HourProgress | None:
        return self.kept.get(age)

    def save(self, progress: HourProgress) -> bool:
        there = self.kept.get(progress.age, replace(progress, revision=0)).revision
        if progress.revision != there + 1:
            return False
        self.kept[progress.age] = progress
        return True
