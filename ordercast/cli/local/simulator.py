"""Set, show and clear faults of a local cloud's simulated providers. Used by the commands of `ordercast simulator`."""

import re
from datetime import timedelta

from rich.table import Table

from local_cloud.provider_simulator.faults.control import FaultClient
from local_cloud.provider_simulator.faults.fault import (
    ENDPOINTS,
    FaultKind,
    ProviderFault,
    read_endpoints,
    read_fault,
)
from ordercast.cli.local.clouds import running_cloud
from ordercast.cli.output.terminal import console
from ordercast.usage_error import UsageError


def set_fault(cloud: str | None, where: str, fault: str, *, lasting: str) -> None:
    """Set a fault, for a while if one is given, and show what is set."""
    kind, value = read_fault(fault)
    faults = [
        ProviderFault(provider=provider, region=region, kind=kind, value=value)
        for provider, region in read_endpoints(where)
    ]
    client = _client(cloud)
    client.set(faults, duration=_duration(lasting) if lasting else None)
    console.print(listing(client))


def show(cloud: str | None) -> None:
    """Show what is set."""
    console.print(listing(_client(cloud)))


def clear(cloud: str | None, where: str | None) -> None:
    """Lift faults, and show what is left."""
    client = _client(cloud)
    client.clear(read_endpoints(where) if where else ENDPOINTS)
    console.print(listing(client))


def listing(client: FaultClient) -> Table:
    """Draw a line a provider, Region and fault that is set or has met calls; times are UTC."""
    shown = client.show()
    calls = {(each.provider, each.region, each.kind): each.calls for each in shown.met}
    now = {(each.provider, each.region, each.kind): each for each in shown.faults}
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("provider", "fault", "now", "until", "calls met"):
        grid.add_column(column, justify="right" if column == "calls met" else "left")
    for key in sorted(calls.keys() | now.keys()):
        provider, region, kind = key
        fault = now.get(key)
        until = f"{fault.until:%H:%M:%S}" if fault and fault.until else ""
        met = "not counted" if kind is FaultKind.DOWN else f"{calls.get(key, 0):,}"
        grid.add_row(f"{provider}/{region}", kind, _value(fault), until, met)
    if not grid.row_count:
        grid.add_row("all", "none", "", "", "")
    return grid


def _client(cloud: str | None) -> FaultClient:
    return FaultClient(endpoint=running_cloud(cloud).provider_endpoint)


def _value(fault: ProviderFault | None) -> str:
    if fault is None:
        return "no"
    if fault.kind is FaultKind.SLOW:
        return f"{fault.value:g} s"
    return "yes" if fault.kind is FaultKind.DOWN else f"{fault.value:.0%}"


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


def _duration(written: str) -> timedelta:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) *([smh])", written.strip())
    if not found or not float(found[1]):
        raise UsageError(f"--for: not a duration: {written}", hint="such as 30s, 3m or 1h")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})
