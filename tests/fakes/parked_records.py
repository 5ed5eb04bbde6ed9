"""Parked records in memory, one for each position and reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ordercast.errors import ParkingUnavailable
from ordercast.events.stream_record import ParkedRecord


@dataclass(slots=True)
class FakeParkedRecords:
    """What was parked, by position; parking raises while `unavailable`."""

    kept: dict[str, ParkedRecord] = field(default_factory=dict)
    unavailable: bool = False

    def park(self, records: Sequence[ParkedRecord]) -> None:
        if self.unavailable and records:
            message = "park"
            raise ParkingUnavailable(message)
        self.kept |= {each.record.position: each for each in records}

    @property
    def reasons(self) -> dict[str, str]:
        """The reason of each, by position."""
        return {position: each.reason for position, each in self.kept.items()}

    @property
    def details(self) -> dict[str, str]:
        """The detail of each, by position."""
        return {position: each.detail for position, each in self.kept.items()}
