"""Keep people whose addresses are suppressed, in memory. Used by the tests of `ordercast suppressions`."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from msgspec.structs import replace

from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.operations.provider_lists import ProviderList
from ordercast.people.person import Person
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import default_settings
from tests.examples import notification
from tests.fakes.ledger import FakeLedger
from tests.fakes.people import FakePeople, FakeSuppressionList
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import (
    OPTED_OUT,
    TEXT,
    text_says,
)

SHOP = TEXT.order.shop
CUSTOMER = customer_key(shop=SHOP, customer_id="c-1")


@dataclass
class Stage:
    """A stage whose people are a world's; somebody else writes a record `races` times first."""

    world: World
    races: int = 0
    region: str = "eu-west-1"
    settings: StageSettings = field(default_factory=default_settings)
    asked: list[AbstractSet[str]] = field(default_factory=list)
    lists: list[ProviderList] = field(default_factory=list)

    def people(self) -> "Stage":
        return self

    def ledger(self) -> FakeLedger:
        return self.world.ledger

    def receipt_logs(self) -> FakeReceiptLogs:
        return self.world.receipt_logs

    def suppression_list(self) -> FakeSuppressionList:
        return FakeSuppressionList(self.world.people)

    @property
    def _people(self) -> FakePeople:
        return self.world.people

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        self.asked.append(keys)
        return {key: self._people.kept[key] for key in keys if key in self._people.kept}

    def suppress(self, people: Sequence[Person]) -> set[str]:
        if self.races:
            self.races -= 1
            for each in people:
                known = self._people.kept.get(each.key, Person(key=each.key))
                self._people.kept[each.key] = replace(
                    known, suppressions_version=known.suppressions_version + 1
                )
        return self._people.suppress(people)


def opted_out(world: World, customer_id: str | None = "c-1") -> None:
    """Let a text's receipt say that its number is opted out."""
    world.enter(replace(TEXT, customer_id=customer_id))
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(text_says(OPTED_OUT))


def next_text(world: World, number: int, customer_id: str | None = "c-1") -> State:
    row = notification(number, Channel.SMS, customer_id=customer_id)
    world.enter(row)
    world.send(row.id, channel=Channel.SMS)
    return world.state(row.id)
