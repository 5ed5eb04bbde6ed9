"""What each of four counted in, whether any two of them disagree out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Count = Mapping[str, Decimal]
"""By figure, what somebody counted; who cannot know a figure leaves it out."""

FIGURES = {
    "sms sent": "text messages sent",
    "sms arrived": "  arrived",
    "sms failed": "  failed",
    "email sent": "e-mails sent",
    "email arrived": "  arrived",
    "email failed": "  failed",
    "kept back": "kept back",
    "parts": "message parts",
    "cost": "cost in US$",
}
"""What is counted, and how a person says it."""

TALLY, CARRIER, BOOKS, CLOUDWATCH = "expected", "carrier", "books", "CloudWatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The counts side by side, by who counted."""

    counts: Mapping[str, Count]

    def told(self, figure: str) -> dict[str, Decimal]:
        """Return what everybody who can know the figure says of it."""
        return {who: count[figure] for who, count in self.counts.items() if figure in count}

    def agree_on(self, figure: str) -> bool:
        """Tell whether all who can know it say the same."""
        return len(set(self.told(figure).values())) <= 1

    @property
    def disagreements(self) -> list[str]:
        """Name the figures about which any two disagree."""
        return [figure for figure in FIGURES if not self.agree_on(figure)]

    @property
    def apart(self) -> list[str]:
        """Name those who stand alone against the others, or all who disagree where nobody does."""
        alone = {
            who
            for figure in self.disagreements
            for who, said in self.told(figure).items()
            if list(self.told(figure).values()).count(said) == 1
        }
        return [who for who in self.counts if who in alone]
