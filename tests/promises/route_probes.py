"""What is promised of asking providers whether they answer: in memory, and by the SDK's clients."""

from collections.abc import Callable

from ordercast.sending.routes import Route
from ordercast.workflows.sweep.probe_holds import RouteProbes

HERE = Route(provider="sns", region="us-east-1")
THERE = Route(provider="ses", region="us-west-2")

Answers = Callable[[set[Route]], RouteProbes]
"""Return the probes of providers of which those of the given routes are down."""


class RouteProbesPromises:
    """Mix in, and say with a fixture how providers that are down are made."""

    def test_a_provider_that_is_down_does_not_answer_and_the_others_do(
        self, answers: Answers
    ) -> None:
        assert {HERE, THERE} == answers(set()).answering([HERE, THERE])
        assert {HERE} == answers({THERE}).answering([HERE, THERE])
        assert set() == answers({HERE, THERE}).answering([HERE, THERE])

    def test_of_no_route_nobody_is_asked(self, answers: Answers) -> None:
        assert set() == answers(set()).answering([])
