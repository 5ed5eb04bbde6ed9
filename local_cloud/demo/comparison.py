"""Compare independent counts figure by figure. Used by the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

DemoCount = Mapping[str, Decimal]
"""One count, by figure; a count leaves out the figures that it cannot know."""

FIGURES = {
    "sms sent": "text messages sent",
    "sms arrived": "  arrived",
    "sms failed": "  failed",
    "email sent": "e-mails sent",
    "email arrived": "  arrived",
    "email failed": "  failed",
    "suppressed": "suppressed",
    "parts": "message parts",
    "cost": "cost in US$",
}
"""The figures, with their names for a person."""

EXPECTED, SIMULATOR, ROLLUPS, CLOUDWATCH = "expected", "simulator", "rollups", "CloudWatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The counts side by side, by the name of the count."""

    counts: Mapping[str, DemoCount]

    def values_of(self, figure: str) -> dict[str, Decimal]:
        """Return the figure in every count that has it."""
        return {who: count[figure] for who, count in self.counts.items() if figure in count}

    def agree_on(self, figure: str) -> bool:
        """Whether all counts that have the figure agree on it."""
        return len(set(self.values_of(figure).values())) <= 1

    @property
    def disagreements(self) -> list[str]:
        """The figures on which any two counts differ."""
        return [figure for figure in FIGURES if not self.agree_on(figure)]

    @property
    def outliers(self) -> list[str]:
        """The counts that differ from all others in a figure; of two counts that differ, both."""
        alone = {
            who
            for figure in self.disagreements
            for who, said in self.values_of(figure).items()
            if list(self.values_of(figure).values()).count(said) == 1
        }
        return [who for who in self.counts if who in alone]
