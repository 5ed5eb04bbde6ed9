"""The tables keep the promises of `tests/promises` against the emulator's API."""

from concurrent.futures import Executor
from decimal import Decimal

import pytest
from msgspec.structs import replace

from local_cloud.cloud import LocalCloud
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.budgets.limits import DynamoLimits
from ordercast.gateways.ledger.audit_trail import DynamoAuditTrail
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.ledger.lists import DynamoLedgerLists
from ordercast.gateways.ledger.route_scores import DynamoRouteScores
from ordercast.gateways.ledger.template_versions import DynamoTemplateVersions
from ordercast.gateways.pacing.dynamo_buckets import DynamoBuckets
from ordercast.gateways.people import items as people_item
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.people.suppression_list import DynamoSuppressionList
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.gateways.rollups.dynamo_rollups import DynamoRollups
from ordercast.gateways.rollups.listing import DynamoCountedList
from ordercast.gateways.rollups.metric_figures import DynamoMetricFigures
from ordercast.gateways.rollups.progress import DynamoProgress
from ordercast.gateways.rollups.shops import DynamoShops
from ordercast.pacing.opening import unopened
from ordercast.people.person import Person
from ordercast.sending.claim import ClaimRequest, ClaimStatus
from ordercast.sending.outcome import accepted, not_now
from tests.cloud.promises.fresh_resources import table_like
from tests.fakes.clock import START
from tests.fakes.ledger import EVERY_CHANNEL
from tests.promises.accounts import AccountsPromises
from tests.promises.audit_trail import AuditTrailPromises
from tests.promises.buckets import BucketsPromises
from tests.promises.counted_list import CountedListPromises
from tests.promises.ledger.holds import HoldsPromises
from tests.promises.ledger.ledger_promises import LedgerPromises
from tests.promises.ledger.steps import LATER, ONE, claimed, claims, enter, row, settle
from tests.promises.ledger_lists import LedgerListsPromises
from tests.promises.limits import LimitsPromises
from tests.promises.metric_figures import MetricFiguresPromises
from tests.promises.people import ADA, OnRecord, PeoplePromises, known, paying
from tests.promises.progress import ProgressPromises
from tests.promises.receipt_logs import ReceiptLogsPromises
from tests.promises.rollups import RollupsPromises
from tests.promises.route_scores import FIRST, RouteScoresPromises
from tests.promises.shops import ShopsPromises
from tests.promises.suppression_list import SuppressionListPromises
from tests.promises.template_versions import TemplateVersionsPromises


@pytest.fixture
def people(cloud: LocalCloud, executor: Executor) -> DynamoPeople:
    return DynamoPeople(table=table_like(cloud, "customers_table", executor))


@pytest.fixture
def ledger(cloud: LocalCloud, executor: Executor, people: DynamoPeople) -> DynamoLedger:
    table = table_like(cloud, "ledger_table", executor)
    ledger = DynamoLedger(table=table, customers=people.table)
    ledger.open_channels(EVERY_CHANNEL)
    ledger.end_holds([replace(unopened(e.channel), released_at=e.at) for e in EVERY_CHANNEL])
    return ledger


@pytest.fixture
def new_ledger(cloud: LocalCloud, executor: Executor) -> DynamoLedger:
    return DynamoLedger(table=table_like(cloud, "ledger_table", executor))


class TestDynamoLedger(LedgerPromises, HoldsPromises):
    def test_a_settlement_that_is_repeated_changes_nothing(self, ledger: DynamoLedger) -> None:
        """The SDK repeats a call whose answer was lost."""
        claimed(ledger)
        settle(ledger, accepted("m-1"))
        settled = row(ledger)
        settle(ledger, accepted("m-1"))

        assert settled == row(ledger)

    def test_what_an_earlier_try_was_to_cost_is_not_what_this_one_does(
        self, ledger: DynamoLedger
    ) -> None:
        enter(ledger, ONE)
        asked = ClaimRequest(id=ONE.id, parts=3, estimate=Decimal("0.02"))
        ledger.claim([asked], owner="first", lease_until=LATER, now=LATER)
        settle(ledger, not_now("Throttling"), owner="first")
        again = claims(ledger, ONE)[ONE.id]

        assert (ClaimStatus.MINE, None, None) == (again.status, again.row.parts, again.row.estimate)


class TestDynamoLedgerLists(LedgerListsPromises):
    @pytest.fixture
    def ledger_lists(self, ledger: DynamoLedger) -> DynamoLedgerLists:
        return DynamoLedgerLists(table=ledger.table)


class TestDynamoSuppressionList(SuppressionListPromises):
    @pytest.fixture
    def suppressing(self, people: DynamoPeople) -> DynamoPeople:
        return people

    @pytest.fixture
    def suppression_list(self, people: DynamoPeople) -> DynamoSuppressionList:
        return DynamoSuppressionList(table=people.table)


class TestDynamoPeople(PeoplePromises):
    @pytest.fixture
    def on_record(self, people: DynamoPeople) -> OnRecord:
        return lambda person: people.put([person])

    def test_a_record_is_written_whole_and_leaves_reservations_alone(
        self, people: DynamoPeople, ledger: DynamoLedger
    ) -> None:
        people.put([ADA])
        people.reserve([paying(ADA, "n-1")])
        changed = replace(ADA, email=None, quiet=None, refusals={}, locale="sv")
        people.put([replace(changed, locale="fi"), changed])

        assert {"ada": paying(changed, "n-1")} == known(ledger, "ada") == people.get({"ada"})

    def test_only_who_has_nothing_on_record_is_forgotten(self, people: DynamoPeople) -> None:
        """And who has refused in the meantime is read again before anybody pays for them."""
        table, key = people.table, people_item.key("ada")
        stranger = Person(key="ada")
        people.reserve([paying(stranger, "n-1")])
        assert "ttl" in table.get([key])[0]

        refusing = replace(stranger, refusals={Channel.EMAIL: "complained"})
        people.change({"ada"}, lambda seen: replace(seen, refusals=refusing.refusals))
        assert "ttl" not in table.get([key])[0]
        assert set() == people.reserve([paying(stranger, "n-2", version=2)])
        assert {"ada"} == people.reserve([paying(refusing, "n-2", version=2)])
        assert "ttl" not in table.get([key])[0]

    def test_a_refusal_that_came_while_a_record_was_made_is_seen(
        self, people: DynamoPeople
    ) -> None:
        people.put([ADA])
        bounced = {**ADA.refusals, Channel.EMAIL: "hard-bounce"}

        def becoming(seen: Person) -> Person:
            if seen.refusals != bounced:
                people.put([replace(seen, refusals=bounced)])
            return replace(seen, locale="fi")

        people.change({"ada"}, becoming)
        assert {"ada": replace(ADA, refusals=bounced, locale="fi")} == people.get({"ada"})

    def test_who_unsubscribes_while_a_record_was_made_stays_unsubscribed(
        self, people: DynamoPeople
    ) -> None:
        people.put([ADA])
        unsubscribed = dict.fromkeys(Channel, "unsubscribed")

        def becoming(seen: Person) -> Person:
            if seen.promotions != unsubscribed:
                people.put([replace(seen, promotions=unsubscribed)])
            return replace(seen, locale="fi")

        people.change({"ada"}, becoming)
        assert {"ada": replace(ADA, promotions=unsubscribed, locale="fi")} == people.get({"ada"})

    def test_a_record_can_replace_one_that_holds_reservations_only(
        self, people: DynamoPeople
    ) -> None:
        stranger = Person(key="ada")
        people.reserve([paying(stranger, "n-1")])
        people.put([ADA])

        assert {"ada": paying(ADA, "n-1")} == people.get({"ada"})


class TestDynamoBuckets(BucketsPromises):
    @pytest.fixture
    def buckets(self, cloud: LocalCloud, executor: Executor) -> DynamoBuckets:
        return DynamoBuckets(table=table_like(cloud, "ledger_table", executor))


class TestDynamoAccounts(AccountsPromises):
    @pytest.fixture
    def accounts(self, cloud: LocalCloud, executor: Executor) -> DynamoAccounts:
        return DynamoAccounts(table=table_like(cloud, "ledger_table", executor))


class TestDynamoTemplateVersions(TemplateVersionsPromises):
    @pytest.fixture
    def versions(self, cloud: LocalCloud, executor: Executor) -> DynamoTemplateVersions:
        return DynamoTemplateVersions(table=table_like(cloud, "ledger_table", executor))


class TestDynamoAuditTrail(AuditTrailPromises):
    @pytest.fixture
    def trail(self, cloud: LocalCloud, executor: Executor) -> DynamoAuditTrail:
        return DynamoAuditTrail(table=table_like(cloud, "ledger_table", executor))


class TestDynamoRouteScores(RouteScoresPromises):
    @pytest.fixture
    def scores(self, cloud: LocalCloud, executor: Executor) -> DynamoRouteScores:
        return DynamoRouteScores(table=table_like(cloud, "ledger_table", executor))

    def test_they_are_looked_up_where_they_are_wanted(
        self, cloud: LocalCloud, executor: Executor
    ) -> None:
        table = table_like(cloud, "ledger_table", executor)
        DynamoRouteScores(table=table).write(FIRST, seen=None)
        ledger = DynamoLedger(table=table)
        assert FIRST == ledger.look_up(LookupKeys(route_scores=True)).scored_routes
        assert ledger.look_up(LookupKeys(holds=True)).scored_routes is None


class TestDynamoLimits(LimitsPromises):
    @pytest.fixture
    def limits(self, cloud: LocalCloud, executor: Executor) -> DynamoLimits:
        return DynamoLimits(table=table_like(cloud, "ledger_table", executor))


class TestDynamoMetricFigures(MetricFiguresPromises):
    @pytest.fixture
    def kept(self, cloud: LocalCloud, executor: Executor) -> DynamoMetricFigures:
        return DynamoMetricFigures(table=table_like(cloud, "rollups_table", executor))


class TestDynamoShops(ShopsPromises):
    @pytest.fixture
    def shops(self, cloud: LocalCloud, executor: Executor) -> DynamoShops:
        return DynamoShops(table=table_like(cloud, "rollups_table", executor))


class TestDynamoProgress(ProgressPromises):
    @pytest.fixture
    def progress(self, cloud: LocalCloud, executor: Executor) -> DynamoProgress:
        table = table_like(cloud, "rollups_table", executor)
        return DynamoProgress(table=table, now=lambda: START)


class TestDynamoRollups(RollupsPromises):
    @pytest.fixture
    def rollups(self, cloud: LocalCloud, executor: Executor) -> DynamoRollups:
        return DynamoRollups(table=table_like(cloud, "rollups_table", executor))


class TestDynamoCountedList(CountedListPromises):
    @pytest.fixture
    def rollups(self, cloud: LocalCloud, executor: Executor) -> DynamoRollups:
        return DynamoRollups(table=table_like(cloud, "rollups_table", executor))

    @pytest.fixture
    def counted_list(self, rollups: DynamoRollups) -> DynamoCountedList:
        return DynamoCountedList(table=rollups.table)


class TestDynamoReceiptLogs(ReceiptLogsPromises):
    @pytest.fixture
    def receipt_logs(self, cloud: LocalCloud, executor: Executor) -> DynamoReceiptLogs:
        return DynamoReceiptLogs(table=table_like(cloud, "receipts_table", executor))
