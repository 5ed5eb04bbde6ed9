"""Play a seeded day on fakes in which texts are refused, fail, are tried again, delivered late or never heard of, and Regions come and go. Used by the tests of fallbacks."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from msgspec.structs import replace

from ordercast.errors import Retryable
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import is_stale
from ordercast.people.person import Person
from ordercast.receipts.provider_events import FINALLY, UNREACHABLE
from ordercast.receipts.receipt import Receipt
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import (
    Outcome,
    Outgoing,
    accepted,
    back_pressure,
    not_now,
    refused,
    unknown,
)
from ordercast.sending.send_rules import latest_status_keys_of
from ordercast.templates.words import Words
from ordercast.workflows.count_changes import Count
from tests.examples import POLICY, payload
from tests.explorer.checks.rollups import input_of
from tests.fakes.services import cost
from tests.fakes.world import World
from tests.workflows.flow.regions import Regions, routes

SMS, EMAIL = Channel.SMS, Channel.EMAIL
ORDERS = 10
MINUTE = timedelta(minutes=1)
A_TEXT, AN_EMAIL = Decimal("0.01"), Decimal("0.0001")

DELIVERED = "SUCCESS/Message has been accepted by phone"
UNREACHED_FINALLY = {f"FAILURE/{reason}" for reason in UNREACHABLE if reason.endswith(FINALLY)}
UNREACHED = {f"FAILURE/{reason}" for reason in UNREACHABLE}
POLICIES = (
    "",
    "normal 2 over 30 min",
    "high 1 over 10 min, normal 1 over 20 min",
    "high 3 over 1 h",
)
_ENDS = {
    DELIVERED: 4,
    **dict.fromkeys(sorted(UNREACHED_FINALLY), 3),
    "SUCCESS/Message has been accepted by phone carrier": 2,
    "FAILURE/Phone is currently unreachable/unavailable": 4,
    "FAILURE/Phone carrier is currently unreachable/unavailable": 2,
    "FAILURE/Phone number is opted out": 1,
    "FAILURE/Phone has blocked SMS": 1,
    "FAILURE/Unknown error attempting to reach phone": 2,
    "FAILURE/This delivery would exceed max price": 1,
    "": 4,
}
_PHONES = {"+12065550100": 8, "": 1, "12": 1, "+819012345678": 1}


def _world() -> World:
    """Return a world in which no e-mail is sent again after a doubt: that may arrive twice, and is documented."""
    return World(policy=replace(POLICY, fallback=True), resend_email_after=None)


@dataclass(slots=True)
class FallbackDay:
    """One day of one seed; `happened` are the messages that providers took, whether they said so or not.

    `charged` is what each cost, and `said` what was reported of it and when, by message id; `out_of_place` says which should not have been sent when it
    was, by what the ledger knew.
    """

    chance: Random
    world: World = field(default_factory=_world)
    happened: list[Notification] = field(default_factory=list)
    charged: dict[str, Decimal] = field(default_factory=dict)
    said: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    out_of_place: list[str] = field(default_factory=list)
    receipts: list[tuple[datetime, Receipt]] = field(default_factory=list)
    wishes: dict[tuple[str, str], str | None] = field(default_factory=dict)
    regions: Regions = field(init=False)

    def __post_init__(self) -> None:
        """Both Regions are there at first."""
        self.regions = Regions(self.world, self.chance)

    @classmethod
    def of(cls, seed: int) -> "FallbackDay":
        """Play the day of *seed* until nothing is left to be done."""
        day = cls(chance=Random(seed))  # noqa: S311 - made up, and the same every time
        day.world.provider.answer = day.answer
        day.world.cost = _cost
        day.world.routes = routes(day.chance.choice((0, 40)))
        day.world.retry_after_receipt = day.chance.choice(POLICIES)
        day.world.retry_for_now = day.chance.random() < 0.3
        day.play()
        return day

    def play(self) -> None:
        """Put orders for some hours, turn the clock, and bring what comes; services fail now and then."""
        for number in range(ORDERS):
            self._know(number)
        events = [self._event(n, status) for n in range(ORDERS) for status in self._statuses()]
        self.chance.shuffle(events)
        for event in events:
            self._put(event)
            for _ in range(self.chance.randint(0, 4)):
                self.turn(MINUTE * self.chance.randint(1, 9), trouble=True)
        for step in (MINUTE, *[15 * MINUTE] * 16, *[timedelta(hours=5)] * 20):
            self.turn(step)

    def turn(self, by: timedelta, *, trouble: bool = False) -> None:
        """Let time pass and everybody have a turn; in *trouble* a method of the ledger fails for some of it."""
        world = self.world
        world.now.turn(by)
        if trouble and self.chance.random() < 0.3:
            world.ledger.unavailable = {
                self.chance.choice(("accept", "change", "look_up", "settle"))
            }
        elif trouble and self.chance.random() < 0.3:
            world.ledger.unheard = {self.chance.choice(("accept", "change", "settle"))}
        self.regions.turn(trouble=trouble)
        if self.chance.random() < 0.05:
            self._opt_out(self.chance.randrange(ORDERS))
        for _ in range(2):
            self._everybody()
            world.ledger.unavailable, world.ledger.unheard = set(), set()
        self._count()

    def answer(self, message: Outgoing) -> Outcome:
        """Answer as a provider does, and plan what it will say of the message."""
        if self.regions.is_down(message.notification):
            # Some refuse the connection, some take the text and say nothing.
            if self.chance.random() < 0.8:
                return back_pressure("ConnectionRefused")
            self._take(message.notification)
            return unknown("ReadTimeoutError")
        kinds: dict[str, int] = {"taken": 12, "refused": 1, "lost": 1, "not now": 1}
        if message.notification.channel is EMAIL:
            kinds = {"taken": 12, "refused": 1, "not now": 1}
        match self.chance.choices(list(kinds), list(kinds.values()))[0]:
            case "refused":
                return refused("InvalidParameter")
            case "not now":
                return not_now("InternalFailure")
            case "lost":
                self._take(message.notification)
                return unknown("ReadTimeoutError")
        return accepted(self._take(message.notification))

    def _everybody(self) -> None:
        world = self.world
        due = [each for at, each in self.receipts if at <= world.now()]
        for act in (
            world.send_published,
            lambda: world.apply(*due) if due else None,
            world.sweep_receipts,
            world.sweep,
            world.send_published,
        ):
            with suppress(Retryable):
                act()
                if act.__name__ == "<lambda>":
                    self.receipts = [each for each in self.receipts if each[1] not in due]

    def _take(self, row: Notification) -> str:
        now = self.world.now()
        self.happened.append(row)
        self.out_of_place += self._out_of_place(row)
        message_id = f"message-{len(self.happened)}"
        if row.channel is EMAIL:
            self.charged[message_id] = AN_EMAIL
            return message_id
        price = self.chance.choice((None, "0.00645", "0.02", "0"))
        kinds = self.chance.choices(
            list(_ENDS), list(_ENDS.values()), k=self.chance.choice((1, 1, 2))
        )
        said = [kind for kind in kinds if kind]
        for kind in said:
            at = now + MINUTE * self.chance.choice((0, 1, 5, 11, 30, 90))
            named = Decimal(price) if price else None
            receipt = Receipt(
                channel=SMS,
                message_id=message_id,
                kind=kind,
                at=at,
                sent_at=now,
                price=named,
                to=address_key(row.recipient or ""),
            )
            self.receipts.append((at, receipt))
            self.said.setdefault(message_id, []).append((at, kind))
        self.charged[message_id] = _charged(said, price, row.estimate or A_TEXT)
        return message_id

    def _out_of_place(self, row: Notification) -> Iterator[str]:
        known = self.world.ledger
        for key in latest_status_keys_of(row):
            if is_stale(row.status, row.occurred_at, known.latest_statuses.get(key)):
                yield f"{row.id} is stale by {key[1]}"
        if row.fallback_for and known.rows[row.fallback_for].delivered_at:
            yield f"{row.id} is in place of what was delivered"
        person = known.people.kept.get(_key_of(row))
        if person and row.channel in person.refusals:
            yield f"{row.id} goes to who has opted out"
        yield from self._unasked_tries(row)

    def _unasked_tries(self, row: Notification) -> Iterator[str]:
        """Yield what forbids to send *row* once more: each earlier message was reported as not reached."""
        now = self.world.now()
        for number, earlier in enumerate(self.happened[:-1], start=1):
            if earlier.id != row.id:
                continue
            said = {kind for at, kind in self.said.get(f"message-{number}", ()) if at <= now}
            reasons = UNREACHED if self.world.retry_for_now else UNREACHED_FINALLY
            if not said & reasons or not self.world.retry_after_receipt:
                yield f"{row.id} is sent twice, after {said}"
            if DELIVERED in said:
                yield f"{row.id} is sent again after it was delivered"

    def _count(self) -> None:
        rows = [input_of(row) for row in self.world.rows()]
        count = Count(rollups=self.world.rollups, pause=lambda _: None, chance=lambda: 0.5)
        count(rows)

    def _opt_out(self, number: int) -> None:
        key = customer_key(shop=None, customer_id=f"c-{number}")
        known = self.world.ledger.people.kept.get(key)
        if known:
            self.world.know(replace(known, refusals={**known.refusals, SMS: "opted-out"}))

    def _know(self, number: int) -> None:
        some = self.chance.random
        key = customer_key(shop=None, customer_id=f"c-{number}")
        person = Person(
            key=key,
            customer_id=f"c-{number}",
            email=f"c{number}@example.com" if some() < 0.5 else None,
            consents=frozenset({EMAIL}) if some() < 0.7 else frozenset(),
            refusals={SMS: "opted-out"} if some() < 0.1 else {},
        )
        if some() < 0.9:
            self.world.know(person)

    def _statuses(self) -> tuple[str, ...]:
        return self.chance.choice((("confirmed",), ("confirmed", "shipped"), ("cancelled",)))

    def _event(self, number: int, status: str) -> dict[str, Any]:
        choice = self.chance.choices
        phone = choice(list(_PHONES), list(_PHONES.values()))[0]
        return {
            "order_id": f"o-{number}",
            "event_id": f"{status}-{number}",
            "status": status,
            "shop": None,
            "customer_id": f"c-{number}",
            "channel": choice(("sms", "both", "email"), (8, 1, 1))[0],
            "contact": {
                "email": f"o{number}@example.com",
                "phone": phone[:-2] + f"{number:02}"
                if len(phone) == len("+12065550100")
                else phone,
            },
            "fallback": choice((None, "email", "none"), (6, 3, 1))[0],
            "priority": choice((None, "high"), (3, 1))[0],
        }

    def _put(self, event: dict[str, Any]) -> None:
        self.wishes[event["order_id"], event["status"]] = event["fallback"]
        self.world.relay(payload(**event), at=101 + len(self.wishes))


def _key_of(row: Notification) -> str:
    return customer_key(shop=None, customer_id=row.customer_id or "")


def _charged(said: Sequence[str], price: str | None, estimate: Decimal) -> Decimal:
    """Return the highest price that is named, nothing for what was never sent; else the estimate."""
    named = [Decimal(0) if "max price" in kind else price and Decimal(price) for kind in said]
    return max((each for each in named if isinstance(each, Decimal)), default=estimate)


def _cost(row: Notification, words: Words) -> ClaimRequest:
    request = cost(row, words)
    if row.channel is SMS:  # each try at a price of its own, and each route
        dearer = 2 if row.route else 1
        return replace(request, estimate=A_TEXT * (dearer + row.attempts % 3))
    return replace(request, estimate=AN_EMAIL, reserved=AN_EMAIL)
