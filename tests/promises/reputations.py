"""What asking a provider for its opinion of the account promises, in memory or at the other end of an API."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from ordercast.errors import ProviderUnavailable
from ordercast.pacing.reputation import Reputation
from ordercast.workflows.sweep.keep_reputation import Reputations
from tests.fakes.clock import START

Answers = Callable[[Reputation | None], Reputations]
"""Make a provider that thinks this; None answers nobody."""


class ReputationsPromises:
    """Mix in, with a fixture `answers`."""

    @pytest.mark.parametrize(
        "known",
        [
            Reputation(bounces=Decimal("4.5"), complaints=Decimal("0.09"), sent=12_000),
            Reputation(bounces=Decimal(0), complaints=Decimal(0), sent=1),
            Reputation(),
        ],
        ids=["high", "low", "nothing known"],
    )
    def test_rates_are_the_newest_in_percent(self, answers: Answers, known: Reputation) -> None:
        assert known == answers(known).reputation(now=START)

    def test_a_provider_that_does_not_answer_is_not_guessed(self, answers: Answers) -> None:
        with pytest.raises(ProviderUnavailable):
            answers(None).reputation(now=START)
