"""Event source mappings stay as they were deployed; ministack's own delivery of them stops.

Its stream pollers drop records and its queue poller caps batches, so
`local.event_sources` reads the mappings and drives all of them instead.
"""

# ruff: noqa: ANN401, SLF001 - ministack's inside, which has neither types nor a public way in

from __future__ import annotations

from typing import Any


def leave_mappings_alone(lambda_service: Any) -> None:
    """Keep ministack's *lambda_service* module from ever starting its pollers."""
    lambda_service._ensure_poller = _start_nothing


def _start_nothing() -> None:
    """Where the pollers would be started."""
