"""What the audit trail promises, in memory or in DynamoDB."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ordercast.audit import Act, AuditTrail, Recorded, Verb
from tests.fakes.clock import START

PAUSED = Act(verb=Verb.PAUSE, of="paused:country=SE", by="ada", at=START, tag="0a", reason="why")
SECOND = timedelta(seconds=1)
YEAR = timedelta(days=365)


def read(
    trail: AuditTrail, *, since: datetime = START - YEAR, until: datetime = START + YEAR
) -> list[Recorded]:
    return trail.newest(until=until, since=since, limit=10)


class AuditTrailPromises:
    """Mix in, with a fixture `trail` that has nothing yet."""

    def test_an_act_is_read_as_it_was_intended_before_it_has_an_outcome(
        self, trail: AuditTrail
    ) -> None:
        trail.intend(PAUSED)

        assert [Recorded(act=PAUSED)] == read(trail)

    def test_what_came_of_an_act_is_beside_it(self, trail: AuditTrail) -> None:
        other = replace(PAUSED, tag="0b", verb=Verb.DROP, reason="")
        trail.intend(PAUSED)
        trail.intend(other)
        trail.end(PAUSED, "held back")

        assert [Recorded(act=other), Recorded(act=PAUSED, outcome="held back")] == read(trail)

    def test_nothing_that_was_kept_changes(self, trail: AuditTrail) -> None:
        trail.intend(PAUSED)
        trail.end(PAUSED, "held back")
        trail.intend(replace(PAUSED, by="mallory"))
        trail.end(PAUSED, "never happened")

        assert [Recorded(act=PAUSED, outcome="held back")] == read(trail)

    def test_the_newest_come_first_over_months_and_years(self, trail: AuditTrail) -> None:
        acts = [replace(PAUSED, at=START + timedelta(days=each)) for each in (-300, -40, 0, 31)]
        for each in acts:
            trail.intend(each)

        assert acts[::-1] == [each.act for each in read(trail)]
        assert acts[:1:-1] == [
            each.act for each in trail.newest(until=START + YEAR, since=START - YEAR, limit=2)
        ]

    def test_a_period_has_its_begin_and_not_its_end(self, trail: AuditTrail) -> None:
        acts = [replace(PAUSED, at=START + each * SECOND) for each in range(3)]
        for each in acts:
            trail.intend(each)

        found = read(trail, since=START, until=START + 2 * SECOND)
        assert acts[1::-1] == [each.act for each in found]
