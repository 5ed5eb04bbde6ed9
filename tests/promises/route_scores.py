"""What the scores of routes promise, in memory or in DynamoDB."""

from msgspec.structs import replace

from ordercast.notifications.route_scores import RouteScore, ScoredRoutes
from ordercast.workflows.reconcile.score_routes import KeptScores

FIRST = ScoredRoutes(
    hour="2026-03-02T09",
    scores={
        ("US", "sns/us-east-1/default"): RouteScore(delivered=980, undelivered=20),
        ("GB", "sms-voice/us-east-1/pool-a/b c"): RouteScore(delivered=1),
    },
)
SECOND = replace(FIRST, hour="2026-03-02T10", scores={})


class RouteScoresPromises:
    """Mix in, with a fixture `scores` that has none yet."""

    def test_there_are_none_until_some_are_written(self, scores: KeptScores) -> None:
        assert scores.read() is None

    def test_they_are_read_as_they_were_written(self, scores: KeptScores) -> None:
        assert scores.write(FIRST, seen=None)
        assert FIRST == scores.read()
        assert scores.write(SECOND, seen=FIRST)
        assert SECOND == scores.read()

    def test_of_two_that_write_at_once_one_does(self, scores: KeptScores) -> None:
        assert scores.write(FIRST, seen=None)
        assert not scores.write(SECOND, seen=None)
        assert scores.write(SECOND, seen=FIRST)
        assert not scores.write(FIRST, seen=FIRST)
        assert SECOND == scores.read()
