"""Define a plot: a drawing, its description and its numbers. Used by the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ordercast.notifications.channels import CHANNELS as ALL_CHANNELS
from ordercast.operations.report.svg import Drawing
from ordercast.rollups.rollup import Amounts, RollupKey
from ordercast.rollups.statistics import Figures, by

AmountsByKey = Mapping[RollupKey, Amounts]

CHANNELS: Mapping[str, str] = {str(name): traits.label for name, traits in ALL_CHANNELS.items()}
"""The channels, by the class that they are drawn in."""

LEGEND: Mapping[str, str] = {str(name): traits.messages for name, traits in ALL_CHANNELS.items()}
"""What is drawn in that class, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot; *rows* are the numbers that it is drawn from, *legend* names its classes.

    It is *marked* where the channels have markers of different shapes.
    """

    name: str
    title: str
    says: str
    drawing: Drawing
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Mapping[str, str] = field(default_factory=dict)
    marked: bool = False
    wide: bool = False


def channels(buckets: AmountsByKey) -> dict[str, Figures]:
    """Return each channel's figures, in the order in which channels are drawn."""
    found = {str(channel): figures for (channel,), figures in by(buckets, ["channel"]).items()}
    return {channel: found[channel] for channel in CHANNELS if channel in found}
