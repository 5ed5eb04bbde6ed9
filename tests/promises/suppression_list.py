"""What every list of suppressed addresses promises, in memory or in DynamoDB."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.places import place_of
from ordercast.people.person import BY_HAND, Person, Suppression
from ordercast.queries.suppressed import SuppressionList, suppressions
from ordercast.rollups.listed import ReadUnits
from ordercast.workflows.ports import Suppressions
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
FOREVER = place_of(START + timedelta(days=9))


def suppressed(name: str, minutes: int, *, of: str | None = None) -> Person:
    """Return the record of an address, suppressed so long after the start; or one that holds another's, *of*."""
    why = Suppression(
        channel=Channel.EMAIL,
        reason="bounced",
        kind=BY_HAND,
        message_id="",
        at=START + minutes * MINUTE,
        by="ticket 4711",
    )
    return Person(key=name, suppressions={of or name: why}, suppressions_version=1)


def names(listed: SuppressionList, *, before: str = FOREVER) -> list[str]:
    found = listed.suppressed(before=before, units=ReadUnits(most=500))
    return [person.key for person in found]


class SuppressionListPromises:
    """Mix in, and say with fixtures which `suppressing` writes and which `suppression_list` reads."""

    def test_suppressed_addresses_are_listed_newest_first_with_their_records(
        self, suppressing: Suppressions, suppression_list: SuppressionList
    ) -> None:
        people = [suppressed(f"a{n}", n) for n in (2, 3, 1)]
        suppressing.suppress(people)

        found = suppression_list.suppressed(before=FOREVER, units=ReadUnits(most=500))
        assert [people[1], people[0], people[2]] == list(found)
        assert ["a1"] == names(suppression_list, before=place_of(START + 2 * MINUTE))

    def test_a_customer_s_record_with_an_address_s_suppression_is_not_listed_a_second_time(
        self, suppressing: Suppressions, suppression_list: SuppressionList
    ) -> None:
        suppressing.suppress([suppressed("a1", 1), suppressed("c-1", 1, of="a1")])
        assert ["a1"] == names(suppression_list)

    def test_what_was_ended_is_listed_no_more(
        self, suppressing: Suppressions, suppression_list: SuppressionList
    ) -> None:
        one, two = suppressed("a1", 1), suppressed("a2", 2)
        suppressing.suppress([one, two])
        suppressing.suppress([replace(one, suppressions={}, suppressions_version=2)])
        assert ["a2"] == names(suppression_list)

    def test_many_of_one_instant_are_listed_page_by_page_each_of_them_once(
        self, suppressing: Suppressions, suppression_list: SuppressionList
    ) -> None:
        """As a file without times leaves them."""
        many = [suppressed(f"a{n:03}", 1) for n in range(130)]
        suppressing.suppress(many)
        seen: list[str] = []
        cursor = None
        for _ in range(4):
            page = suppressions(suppression_list, cursor=cursor, size=40)
            assert page.units <= 2 + 50  # four queries, and a unit for each record of 25 at a time
            seen += [row.address for row in page.rows]
            cursor = page.cursor
        assert cursor is None
        assert [f"a{n:03}" for n in reversed(range(130))] == seen
