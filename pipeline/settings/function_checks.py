"""Refuse concurrency and networks that Lambda functions cannot have. Used by the other checks."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from ordercast.settings.stage import StageSettings

Rule = tuple[str, bool, str]
"""A field, whether it may be as it is, and what it must be."""


def concurrency(stage: StageSettings) -> Iterator[Rule]:
    """Hold what is reserved against what runs side by side: it is a function's most, too."""
    relay, shards = stage.order_relay, stage.orders.shards or 1
    enough = relay.reserved is None or relay.reserved >= shards * relay.parallelization
    yield "order_relay.reserved", enough, "must be orders.shards times parallelization, or more"
    enough = stage.sweeper.reserved is None or stage.sweeper.reserved >= stage.sweeper.groups
    yield "sweeper.reserved", enough, "must be sweeper.groups, or more"


def network(stage: StageSettings) -> Iterator[Rule]:
    """Hold the addresses of a VPC against what EC2 takes, and what two subnets need."""
    try:
        found = IPv4Network(stage.network.addresses)
    except ValueError:
        found = None
    fits = found is not None and found.is_private and _LARGEST <= found.prefixlen <= _SMALLEST
    example = 'must be private addresses from /16 to /26, such as "10.0.0.0/22"'
    yield "network.addresses", fits, example


_LARGEST, _SMALLEST = 16, 26
