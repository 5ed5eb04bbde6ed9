"""What every store of people promises, in memory or in DynamoDB."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.people.person import (
    AGREED,
    Person,
    QuietHours,
    SoftBounce,
    Suppression,
    Unsuppression,
    forgotten,
)
from ordercast.workflows.ports import Ledger, People, Suppressions
from tests.fakes.clock import START

OnRecord = Callable[[Person], None]

ADA = Person(
    key="ada",
    customer_id="c-1",
    shop="Example Tea",
    email="ada@example.com",
    phone="+12065550100",
    locale="en-US",
    country="US",
    time_zone="America/New_York",
    channels=(Channel.SMS, Channel.EMAIL),
    consents=frozenset({Channel.EMAIL}),
    refusals={Channel.SMS: "opted-out"},
    promotions={Channel.EMAIL: AGREED, Channel.SMS: "unsubscribed"},
    quiet=QuietHours(start=time(21, 30), end=time(8)),
)
NOBODY = Person(key="nobody")


def known(ledger: Ledger, *keys: str) -> dict[str, Person]:
    """Return whom the ledger finds of them."""
    return dict(ledger.look_up(LookupKeys(people=frozenset(keys))).people)


def paying(person: Person, *ids: str, version: int = 1) -> Person:
    """Return the person as somebody who has paid for those, at the start."""
    return replace(person, reservations=dict.fromkeys(ids, START), reservations_version=version)


def evidence(person: Person, *soft_bounces: str, version: int = 1) -> Person:
    """Return the person with what a message taught of an address, and with soft bounces."""
    refusal = Suppression(
        channel=Channel.SMS, reason="blocked", kind="FAILURE/…", message_id="m-1", at=START
    )
    return replace(
        person,
        suppressions={"hash": refusal},
        soft_bounces={each: SoftBounce(address="hash", at=START) for each in soft_bounces},
        suppressions_version=version,
    )


class PeoplePromises:
    """Mix in, and say with fixtures which `people`, which `ledger` and how to put one `on_record`."""

    @pytest.fixture
    def suppressions_port(self, people: Any) -> Suppressions:
        """Who remembers people is who learns of them."""
        remembering: Suppressions = people
        return remembering

    def test_a_record_is_read_as_it_was_written(self, ledger: Ledger, on_record: OnRecord) -> None:
        """What is not on record is absent, and no channel is not the same as none chosen."""
        silent = replace(NOBODY, key="silent", channels=())
        for person in (ADA, NOBODY, silent):
            on_record(person)

        assert {"ada": ADA, "nobody": NOBODY, "silent": silent} == (
            known(ledger, "ada", "nobody", "silent", "stranger")
        )

    def test_the_first_reservation_creates_a_record(self, people: People, ledger: Ledger) -> None:
        assert {"nobody"} == people.reserve([paying(NOBODY, "n-1")])
        assert {"nobody": paying(NOBODY, "n-1")} == known(ledger, "nobody")

    def test_a_reservation_leaves_the_customer_s_record_alone(
        self, people: People, ledger: Ledger, on_record: OnRecord
    ) -> None:
        on_record(ADA)

        assert {"ada"} == people.reserve([paying(ADA, "n-1")])
        assert {"ada": paying(ADA, "n-1")} == known(ledger, "ada")

    def test_a_refusal_that_came_between_is_not_written_over(
        self, people: People, ledger: Ledger, on_record: OnRecord
    ) -> None:
        on_record(ADA)
        refused = {Channel.SMS: "opted-out", Channel.EMAIL: "complained"}
        on_record(replace(ADA, refusals=refused))
        people.reserve([paying(ADA, "n-1")])

        assert refused == known(ledger, "ada")["ada"].refusals

    def test_of_two_concurrent_reservations_one_loses_and_sees_it(
        self, people: People, ledger: Ledger
    ) -> None:
        assert {"nobody"} == people.reserve([paying(NOBODY, "n-1")])
        assert set() == people.reserve([paying(NOBODY, "n-2")])
        assert {"nobody"} == people.reserve([paying(NOBODY, "n-1", "n-2", version=2)])
        assert set() == people.reserve([paying(NOBODY, "n-3", version=2)])
        assert {"nobody": paying(NOBODY, "n-1", "n-2", version=2)} == known(ledger, "nobody")

    def test_a_reservation_that_lost_its_race_creates_no_record(
        self, people: People, ledger: Ledger
    ) -> None:
        assert set() == people.reserve([paying(NOBODY, "n-1", version=2)])
        assert {} == known(ledger, "nobody")

    def test_one_who_lost_keeps_no_other_back(self, people: People, ledger: Ledger) -> None:
        people.reserve([paying(NOBODY, "n-1")])
        other = replace(NOBODY, key="other")

        assert {"other"} == people.reserve([paying(NOBODY, "n-2"), paying(other, "n-3")])
        assert {"n-1"} == known(ledger, "nobody")["nobody"].reservations.keys()

    def test_what_has_lapsed_is_forgotten(self, people: People, ledger: Ledger) -> None:
        people.reserve([paying(NOBODY, "n-1", "n-2")])
        later = replace(
            NOBODY, reservations={"n-3": START + timedelta(hours=2)}, reservations_version=2
        )

        assert {"nobody"} == people.reserve([later])
        assert {"nobody": later} == known(ledger, "nobody")

    def test_an_empty_batch_is_nothing_to_do(self, people: People) -> None:
        assert set() == people.reserve([])

    def test_a_batch_may_be_larger_than_any_call_takes(
        self, people: People, ledger: Ledger
    ) -> None:
        many = [paying(replace(NOBODY, key=f"p-{n}"), f"n-{n}") for n in range(130)]
        keys = {each.key for each in many}

        assert keys == people.reserve(many)
        assert {each.key: each for each in many} == known(ledger, *keys)

    def test_a_suppression_creates_a_record(
        self, suppressions_port: Suppressions, ledger: Ledger
    ) -> None:
        assert {"nobody"} == suppressions_port.suppress([evidence(NOBODY)])
        assert {"nobody": evidence(NOBODY)} == known(ledger, "nobody")

    def test_a_suppression_leaves_a_customer_s_record_and_payments_alone(
        self, people: People, suppressions_port: Suppressions, ledger: Ledger, on_record: OnRecord
    ) -> None:
        on_record(ADA)
        people.reserve([paying(ADA, "n-1")])
        seen = known(ledger, "ada")["ada"]

        assert {"ada"} == suppressions_port.suppress([evidence(seen)])
        assert {"ada": evidence(paying(ADA, "n-1"))} == known(ledger, "ada")

    def test_a_record_of_reservations_only_takes_a_suppression_and_further_reservations(
        self, people: People, suppressions_port: Suppressions, ledger: Ledger
    ) -> None:
        """And is remembered from then on: a refusal that lapsed by itself would be a message."""
        people.reserve([paying(NOBODY, "n-1")])
        assert {"nobody"} == suppressions_port.suppress(
            [evidence(known(ledger, "nobody")["nobody"])]
        )
        after = known(ledger, "nobody")["nobody"]

        assert {"nobody"} == people.reserve(
            [replace(after, reservations={"n-2": START}, reservations_version=2)]
        )
        assert evidence(NOBODY).suppressions == known(ledger, "nobody")["nobody"].suppressions

    def test_who_is_thought_a_stranger_and_is_not_learns_all_the_same(
        self, suppressions_port: Suppressions, ledger: Ledger, on_record: OnRecord
    ) -> None:
        on_record(ADA)

        assert {"ada"} == suppressions_port.suppress([evidence(Person(key="ada"))])
        assert {"ada": evidence(ADA)} == known(ledger, "ada")

    def test_of_two_concurrent_suppressions_one_loses_and_sees_it(
        self, suppressions_port: Suppressions, ledger: Ledger
    ) -> None:
        assert {"nobody"} == suppressions_port.suppress([evidence(NOBODY)])
        assert set() == suppressions_port.suppress([evidence(NOBODY, "m-2")])
        assert {"nobody"} == suppressions_port.suppress([evidence(NOBODY, "m-1", "m-2", version=2)])
        assert {"m-1", "m-2"} == known(ledger, "nobody")["nobody"].soft_bounces.keys()

    def test_what_is_lifted_is_gone_and_who_said_so_is_kept(
        self, suppressions_port: Suppressions, ledger: Ledger, on_record: OnRecord
    ) -> None:
        on_record(ADA)
        suppressions_port.suppress([evidence(ADA, "m-2")])
        unsuppressions = Unsuppression(reason="blocked", by="ticket 4711", at=START)
        after = replace(
            ADA,
            suppressions={},
            soft_bounces={},
            unsuppressions={"hash": unsuppressions},
            suppressions_version=2,
        )

        assert {"ada"} == suppressions_port.suppress([after])
        assert {"ada": after} == known(ledger, "ada")
        assert set() == suppressions_port.suppress([replace(after, unsuppressions={})])

    def test_of_who_is_forgotten_what_was_refused_is_left(
        self, suppressions_port: Suppressions, ledger: Ledger, on_record: OnRecord
    ) -> None:
        on_record(ADA)
        suppressions_port.suppress([evidence(ADA)])
        kept = forgotten(ADA, at=START)
        on_record(kept)

        found = known(ledger, "ada")["ada"]
        assert replace(evidence(kept), reservations_version=found.reservations_version) == found
        assert (ADA.refusals, {Channel.SMS: "unsubscribed"}) == (found.refusals, found.promotions)
        assert (None, None, None, frozenset()) == (
            found.customer_id,
            found.email,
            found.phone,
            found.consents,
        )

    def test_who_comes_back_has_a_record_anew(self, ledger: Ledger, on_record: OnRecord) -> None:
        on_record(ADA)
        on_record(forgotten(ADA, at=START))
        on_record(ADA)

        assert ADA == known(ledger, "ada")["ada"]

    def test_a_record_that_is_written_again_keeps_its_suppressions(
        self, suppressions_port: Suppressions, ledger: Ledger, on_record: OnRecord
    ) -> None:
        """A file of customers knows nothing of bounces."""
        on_record(ADA)
        suppressions_port.suppress([evidence(ADA)])
        on_record(replace(ADA, locale="sv"))

        assert evidence(ADA).suppressions == known(ledger, "ada")["ada"].suppressions
