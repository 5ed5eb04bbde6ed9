"""What is deployed comes in, again and again; drivers are started, stopped and replaced to match it."""

import threading
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
    """What drives one mapping."""

    def refresh(self) -> None:
        """Start what is to be started; called every now and then."""

    def stop(self) -> None:
        """Ask everything to end soon."""

    @property
    def is_stopped(self) -> bool:
        """Tell whether everything has ended."""


@dataclass(slots=True, kw_only=True)
class MappingSupervisor:
    """Keep one driver a mapping, as the mapping says now.

    A changed mapping gets a new driver only when the old one has ended, which goes on where that
    one was; so does one that is enabled again. A deleted mapping is forgotten.
    After each look, *keep* is given the positions of all that are listed.
    """

    list_mappings: Callable[[], list[Mapping[str, Any]]]
    drive: Callable[[EventSourceMapping, Positions], Driver]
    log: Log
    save_positions: Callable[[Mapping[str, Positions]], None]
    _driven: dict[str, tuple[EventSourceMapping, Driver]] = field(default_factory=dict)
    _positions: dict[str, Positions] = field(default_factory=dict)
    _refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _is_cut_off: bool = False

    def run(self, stop: threading.Event) -> None:
        """Look after the mappings until told to stop."""
        while not stop.is_set():
            self.refresh()
            stop.wait(_EVERY)

    def refresh(self) -> None:
        """Read the mappings once and act on what changed."""
        try:
            entries = self.list_mappings()
        except (BotoCoreError, ClientError) as error:
            if not self._is_cut_off:
                self.log("mappings_unreadable", error=type(error).__name__)
            self._is_cut_off = True
            return
        self._is_cut_off = False
        self._forget({entry["UUID"] for entry in entries})
        wanted = {
            entry["UUID"]: mapping_of(entry)
            for entry in entries
            if is_enabled(entry) and self._is_modelled(entry)
        }
        self._stop_changed(wanted)
        for uuid, mapping in wanted.items():
            if uuid not in self._driven:
                self._begin(mapping)
        for _, driver in self._driven.values():
            self._tend(driver)
        self.save_positions(self._positions)

    def _begin(self, mapping: EventSourceMapping) -> None:
        positions = self._positions.setdefault(mapping.uuid, {})
        self._driven[mapping.uuid] = (mapping, self.drive(mapping, positions))
        self.log(
            "mapping_started",
            mapping=mapping.uuid,
            source=mapping.source_arn,
            function=mapping.function_arn.rpartition(":")[2],
        )

    def _stop_changed(self, wanted: Mapping[str, EventSourceMapping]) -> None:
        for uuid, (mapping, driver) in list(self._driven.items()):
            if wanted.get(uuid) == mapping:
                continue
            driver.stop()
            if driver.is_stopped:
                self.log("mapping_stopped", mapping=uuid)
                del self._driven[uuid]

    def _tend(self, driver: Driver) -> None:
        try:
            driver.refresh()
        except (BotoCoreError, ClientError) as error:
            self.log("source_unreadable", error=type(error).__name__)

    def _forget(self, listed: set[str]) -> None:
        for uuid in self._positions.keys() - listed - self._driven.keys():
            del self._positions[uuid]

    def _is_modelled(self, entry: Mapping[str, Any]) -> bool:
        uuid, settings = entry["UUID"], unsupported_settings(entry)
        if settings and self._refused.get(uuid) != settings:
            self.log("mapping_skipped", mapping=uuid, settings=",".join(settings))
        self._refused[uuid] = settings
        return not settings


_EVERY = 1.0
