"""Trace an invocation where its stage wants traces. Used by the relay and the senders."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ordercast.settings.environment import TRACING
from ordercast.wiring.clock import utc_now


def traced(
    service: str, records: Iterable[Mapping[str, Any]], environ: Mapping[str, str]
) -> AbstractContextManager[None]:
    """Return what ties the invocation to the traces that its *records* come from; nothing without tracing.

    A stage without it does not even import what writes traces.
    """
    if TRACING not in environ:
        return nullcontext()
    from ordercast.gateways.invocations import xray  # noqa: PLC0415 - see above

    return xray.batch(service, records, environ, now=utc_now)
