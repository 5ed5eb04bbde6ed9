"""What messages were made from, in memory."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ordercast.errors import LedgerUnavailable


@dataclass(slots=True)
class FakeTemplateVersions:
    """Sources by version; `calls` counts those to write."""

    stored: dict[str, bytes] = field(default_factory=dict)
    unavailable: bool = False
    calls: int = 0

    def keep(self, sources: Mapping[str, bytes]) -> None:
        self.calls += 1
        if self.unavailable:
            raise LedgerUnavailable("template versions")
        for version, each in sources.items():
            self.stored.setdefault(version, each)

    def find(self, versions: AbstractSet[str]) -> dict[str, bytes]:
        return {version: self.stored[version] for version in versions if version in self.stored}
