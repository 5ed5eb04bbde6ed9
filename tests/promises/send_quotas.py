"""What asking a provider for its limits promises, in memory or at the other end of an API."""

from collections.abc import Callable

import pytest

from ordercast.errors import ProviderUnavailable
from ordercast.pacing.send_quota import SendQuota
from ordercast.workflows.ports import SendQuotas

Answers = Callable[[SendQuota | None], SendQuotas]
"""Make a provider that allows this; None answers nobody."""


class SendQuotasPromises:
    """Mix in, with a fixture `answers`."""

    @pytest.mark.parametrize(
        "quota",
        [
            SendQuota(rate=14.0, left=49_000),
            SendQuota(rate=1.0, left=0),
            SendQuota(rate=14.0),
            SendQuota(),
        ],
        ids=["some of the day is left", "none is left", "no limit of the day", "no limit"],
    )
    def test_rate_and_what_is_left_are_as_the_provider_says(
        self, answers: Answers, quota: SendQuota
    ) -> None:
        assert quota == answers(quota).send_quota()

    def test_a_provider_that_does_not_answer_is_not_guessed(self, answers: Answers) -> None:
        with pytest.raises(ProviderUnavailable):
            answers(None).send_quota()
