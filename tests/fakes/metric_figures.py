"""What was seen of each hour's figures, in memory."""

from dataclasses import dataclass, field

from ordercast.reconciliation.metric_figures import HourFigures


@dataclass
class FakeMetricFigures:
    """The figures of each hour."""

    kept: dict[str, HourFigures] = field(default_factory=dict)

    def load(self, first: str, last: str) -> dict[str, HourFigures]:
        return {hour: each for hour, each in self.kept.items() if first <= hour <= last}

    def save(self, figures: HourFigures) -> bool:
        there = self.kept.get(figures.hour)
        if figures.revision != 1 + (there.revision if there else 0):
            return False
        self.kept[figures.hour] = figures
        return True
