"""Start, stop and replace drivers so that they match the deployed mappings. Used by `EventSources`."""

import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambda_event_sources.drivers.log import Log
from lambda_event_sources.mapping import (
    EventSourceMapping,
    is_enabled,
    mapping_of,
)
from lambda_event_sources.streams.shard_sequencer import Positions
from lambda_event_sources.unsupported import unsupported_settings


class Driver(Protocol):
    """What polls the source of one mapping."""

    def refresh(self) -> None:
        """Start what has to run now; called about every second."""

    def stop(self) -> None:
        """Ask everything to end soon."""

    @property
    def is_stopped(self) -> bool:
        """Tell whether everything has ended."""


@dataclass(slots=True, kw_only=True)
class MappingSupervisor:
    """Keep one driver for each enabled mapping.

    A changed mapping gets a new driver once the old one has ended, and it continues from the same
    checkpoints; so does one that is enabled again. A deleted mapping is forgotten. After each
    listing *save_positions* is called with the checkpoints of all listed mappings.
    """

    list_mappings: Callable[[], list[Mapping[str, Any]]]
    make_driver: Callable[[EventSourceMapping, Positions], Driver]
    log: Log
    save_positions: Callable[[Mapping[str, Positions]], None]
    _drivers: dict[str, tuple[EventSourceMapping, Driver]] = field(default_factory=dict)
    _positions: dict[str, Positions] = field(default_factory=dict)
    _skipped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _is_unreadable: bool = False

    def run(self, stop: threading.Event) -> None:
        """Refresh about every second until *stop* is set; an error is logged and the next refresh tries again."""
        while not stop.is_set():
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001 - a bug must not end every mapping
                self.log("mappings_failed", error=type(error).__name__)
                traceback.print_exc()
            stop.wait(_EVERY)

    def refresh(self) -> None:
        """List the mappings once and act on what changed."""
        try:
            entries = self.list_mappings()
        except (BotoCoreError, ClientError) as error:
            if not self._is_unreadable:
                self.log("mappings_unreadable", error=type(error).__name__)
            self._is_unreadable = True
            return
        self._is_unreadable = False
        self._forget({entry["UUID"] for entry in entries})
        needed = {
            entry["UUID"]: mapping_of(entry)
            for entry in entries
            if is_enabled(entry) and self._is_supported(entry)
        }
        self._stop_changed(needed)
        for uuid, mapping in needed.items():
            if uuid not in self._drivers:
                self._start(mapping)
        for _, driver in self._drivers.values():
            self._refresh(driver)
        self.save_positions(self._positions)

    def _start(self, mapping: EventSourceMapping) -> None:
        positions = self._positions.setdefault(mapping.uuid, {})
        self._drivers[mapping.uuid] = (mapping, self.make_driver(mapping, positions))
        self.log(
            "mapping_started",
            mapping=mapping.uuid,
            source=mapping.source_arn,
            function=mapping.function_arn.rpartition(":")[2],
        )

    def _stop_changed(self, needed: Mapping[str, EventSourceMapping]) -> None:
        for uuid, (mapping, driver) in list(self._drivers.items()):
            if needed.get(uuid) == mapping:
                continue
            driver.stop()
            if driver.is_stopped:
                self.log("mapping_stopped", mapping=uuid)
                del self._drivers[uuid]

    def _refresh(self, driver: Driver) -> None:
        try:
            driver.refresh()
        except (BotoCoreError, ClientError) as error:
            self.log("source_unreadable", error=type(error).__name__)

    def _forget(self, listed: set[str]) -> None:
        for uuid in self._positions.keys() - listed - self._drivers.keys():
            del self._positions[uuid]

    def _is_supported(self, entry: Mapping[str, Any]) -> bool:
        uuid, settings = entry["UUID"], unsupported_settings(entry)
        if settings and self._skipped.get(uuid) != settings:
            self.log("mapping_skipped", mapping=uuid, settings=",".join(settings))
        self._skipped[uuid] = settings
        return not settings


_EVERY = 1.0
