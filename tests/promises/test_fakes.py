"""The fakes keep the promises of their ports; `tests/cloud` tests the gateways."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.notifications.lifecycle import State
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Settlement, accepted
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger, TwoStatementsOnOneKey
from tests.fakes.limits import FakeLimits
from tests.fakes.message_lists import FakeCountedList, FakeLedgerLists
from tests.fakes.metric_figures import FakeMetricFigures
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.people import FakePeople, FakeSuppressionList, TwoPaymentsOfOnePerson
from tests.fakes.progress import FakeProgress
from tests.fakes.receipt_logs import FakeReceiptLogs, TwoReceiptLogsOfOneMessage
from tests.fakes.rollups import FakeRollups
from tests.fakes.route_scores import FakeRouteScores
from tests.fakes.shops import FakeShops
from tests.fakes.template_versions import FakeTemplateVersions
from tests.promises.accounts import AccountsPromises
from tests.promises.audit_trail import AuditTrailPromises
from tests.promises.buckets import BucketsPromises
from tests.promises.counted_list import CountedListPromises
from tests.promises.ledger.decisions import latest_status, numbered_decision
from tests.promises.ledger.holds import HoldsPromises
from tests.promises.ledger.ledger_promises import LedgerPromises
from tests.promises.ledger.steps import ONE, TWO, claims, enter, read
from tests.promises.ledger_lists import LedgerListsPromises
from tests.promises.limits import LimitsPromises
from tests.promises.metric_figures import MetricFiguresPromises
from tests.promises.parked_records import Kept, ParkedRecordsPromises
from tests.promises.people import NOBODY, OnRecord, PeoplePromises, paying
from tests.promises.progress import ProgressPromises
from tests.promises.receipt_logs import ReceiptLogsPromises, receipt_log
from tests.promises.rollups import RollupsPromises
from tests.promises.route_scores import FIRST, RouteScoresPromises
from tests.promises.shops import ShopsPromises
from tests.promises.suppression_list import SuppressionListPromises
from tests.promises.template_versions import TemplateVersionsPromises

Calling = Callable[[], object]


class TestFakeBuckets(BucketsPromises):
    @pytest.fixture
    def buckets(self) -> FakeBuckets:
        return FakeBuckets()


class TestFakeAccounts(AccountsPromises):
    @pytest.fixture
    def accounts(self) -> FakeAccounts:
        return FakeAccounts()


class TestFakeAuditTrail(AuditTrailPromises):
    @pytest.fixture
    def trail(self) -> FakeAuditTrail:
        return FakeAuditTrail()


class TestFakeLimits(LimitsPromises):
    @pytest.fixture
    def limits(self) -> FakeLimits:
        return FakeLimits(FakeLedger())


class TestFakeShops(ShopsPromises):
    @pytest.fixture
    def shops(self) -> FakeShops:
        return FakeShops()


class TestFakeRouteScores(RouteScoresPromises):
    @pytest.fixture
    def scores(self) -> FakeRouteScores:
        return FakeRouteScores(FakeLedger())

    def test_they_are_looked_up_where_they_are_wanted(self) -> None:
        ledger = FakeLedger()
        FakeRouteScores(ledger).write(FIRST, seen=None)
        assert FIRST == ledger.look_up(LookupKeys(route_scores=True)).scored_routes
        assert ledger.look_up(LookupKeys(holds=True)).scored_routes is None


class TestFakeTemplateVersions(TemplateVersionsPromises):
    @pytest.fixture
    def versions(self) -> FakeTemplateVersions:
        return FakeTemplateVersions()


class TestFakeMetricFigures(MetricFiguresPromises):
    @pytest.fixture
    def kept(self) -> FakeMetricFigures:
        return FakeMetricFigures()


class TestFakeProgress(ProgressPromises):
    @pytest.fixture
    def progress(self) -> FakeProgress:
        return FakeProgress()


class TestFakeRollups(RollupsPromises):
    @pytest.fixture
    def rollups(self) -> FakeRollups:
        return FakeRollups()


class TestFakeCountedList(CountedListPromises):
    @pytest.fixture
    def rollups(self) -> FakeRollups:
        return FakeRollups()

    @pytest.fixture
    def counted_list(self, rollups: FakeRollups) -> FakeCountedList:
        return FakeCountedList(rollups, [])


class TestFakeLedgerLists(LedgerListsPromises):
    @pytest.fixture
    def ledger(self) -> FakeLedger:
        return FakeLedger()

    @pytest.fixture
    def ledger_lists(self, ledger: FakeLedger) -> FakeLedgerLists:
        return FakeLedgerLists(ledger)


class TestFakeLedger(LedgerPromises, HoldsPromises):
    @pytest.fixture
    def ledger(self) -> FakeLedger:
        return FakeLedger()

    @pytest.fixture
    def new_ledger(self) -> FakeLedger:
        return FakeLedger(opened=())

    def test_it_refuses_what_dynamodb_refuses(self, ledger: FakeLedger) -> None:
        """A bulk call with two statements on one key fails as a whole; emulators let it pass."""
        request, one_latest_status = ClaimRequest(id=ONE.id), latest_status("shipped")
        receipt_event = Settlement(notification=ONE, owner="me", outcome=accepted("m-1"), at=START)
        twice: list[Calling] = [
            lambda: ledger.record_decisions([numbered_decision(), numbered_decision()]),
            lambda: ledger.accept([ONE, ONE], []),
            lambda: ledger.accept([], [one_latest_status, latest_status("confirmed")]),
            lambda: ledger.claim([request, request], owner="me", lease_until=START, now=START),
            lambda: ledger.settle([receipt_event, receipt_event]),
            lambda: ledger.change([(ONE, ONE), (ONE, ONE)]),
        ]
        for call in twice:
            with pytest.raises(TwoStatementsOnOneKey):
                call()
        assert ({}, {}, {}) == (ledger.rows, ledger.decisions, ledger.latest_statuses)

    def test_what_is_unavailable_does_nothing(self, ledger: FakeLedger) -> None:
        ledger.unavailable = {"record_decisions"}

        with pytest.raises(LedgerUnavailable):
            ledger.record_decisions([numbered_decision()])
        assert {} == ledger.decisions

    @pytest.mark.parametrize("method", ["record_decisions", "claim", "due", "look_up"])
    def test_what_is_unheard_is_done(self, ledger: FakeLedger, method: str) -> None:
        enter(ledger, ONE)
        ledger.unheard = {method}
        calls: dict[str, Calling] = {
            "record_decisions": lambda: ledger.record_decisions([numbered_decision()]),
            "claim": lambda: claims(ledger, ONE),
            "due": lambda: ledger.due(["due-0"], until=START, limit=1),
            "look_up": lambda: read(ledger, ONE),
        }

        with pytest.raises(LedgerUnavailable):
            calls[method]()
        assert (method == "record_decisions") == bool(ledger.decisions)
        assert (method == "claim") == (ledger.rows[ONE.id].state is State.SENDING)

    def test_a_failure_of_one_statement_is_reported_after_the_others_are_done(
        self, ledger: FakeLedger
    ) -> None:
        ledger.troubled = lambda _, key: key == ONE.id

        with pytest.raises(LedgerUnavailable):
            enter(ledger, ONE, TWO)
        assert {TWO.id: TWO} == ledger.rows

    def test_a_claim_that_fails_is_not_answered_and_the_others_are(
        self, ledger: FakeLedger
    ) -> None:
        enter(ledger, ONE, TWO)
        ledger.troubled = lambda method, key: method == "claim" and key == ONE.id

        assert {TWO.id} == claims(ledger, ONE, TWO).keys()
        assert State.REQUESTED is ledger.rows[ONE.id].state
        with pytest.raises(LedgerUnavailable):
            claims(ledger, ONE)


class TestFakeSuppressionList(SuppressionListPromises):
    @pytest.fixture
    def suppressing(self) -> FakePeople:
        return FakePeople()

    @pytest.fixture
    def suppression_list(self, suppressing: FakePeople) -> FakeSuppressionList:
        return FakeSuppressionList(suppressing)


class TestFakePeople(PeoplePromises):
    @pytest.fixture
    def ledger(self) -> FakeLedger:
        return FakeLedger()

    @pytest.fixture
    def people(self, ledger: FakeLedger) -> FakePeople:
        return ledger.people

    @pytest.fixture
    def on_record(self, people: FakePeople) -> OnRecord:
        return people.put

    def test_it_refuses_what_dynamodb_refuses(self, people: FakePeople) -> None:
        with pytest.raises(TwoPaymentsOfOnePerson):
            people.reserve([paying(NOBODY, "n-1"), paying(NOBODY, "n-2")])
        assert {} == people.kept

    def test_what_is_unavailable_does_nothing(self, people: FakePeople) -> None:
        people.unavailable = True

        with pytest.raises(LedgerUnavailable):
            people.reserve([paying(NOBODY, "n-1")])
        assert {} == people.kept

    def test_a_failure_of_one_is_reported_after_the_others_are_written(
        self, people: FakePeople
    ) -> None:
        other = replace(NOBODY, key="other")
        people.troubled = lambda key: key == "other"

        with pytest.raises(LedgerUnavailable):
            people.reserve([paying(NOBODY, "n-1"), paying(other, "n-2")])
        assert {"nobody"} == people.kept.keys()

    def test_what_is_unheard_is_done(self, people: FakePeople) -> None:
        people.unheard = True

        with pytest.raises(LedgerUnavailable):
            people.reserve([paying(NOBODY, "n-1")])
        assert {"nobody"} == people.kept.keys()


class TestFakeReceiptLogs(ReceiptLogsPromises):
    @pytest.fixture
    def receipt_logs(self) -> FakeReceiptLogs:
        return FakeReceiptLogs()

    def test_it_refuses_what_dynamodb_refuses(self, receipt_logs: FakeReceiptLogs) -> None:
        with pytest.raises(TwoReceiptLogsOfOneMessage):
            receipt_logs.join([receipt_log(), receipt_log()])


class TestFakeParkedRecords(ParkedRecordsPromises):
    @pytest.fixture
    def parked(self) -> FakeParkedRecords:
        return FakeParkedRecords()

    @pytest.fixture
    def kept(self, parked: FakeParkedRecords) -> Kept:
        return lambda: [
            (each.record.position, each.reason, each.detail, each.record.payload)
            for each in parked.kept.values()
        ]
