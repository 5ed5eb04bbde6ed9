"""Who it is about and who says so in, what providers taught us of them lifted out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Annotated, Protocol

import typer

from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.people.contact import e164, mailbox
from ordercast.people.person import Person, Suppression
from ordercast.receipts.suppressions import unsuppress
from ordercast.usage_error import UsageError

OneCustomer = Annotated[str | None, typer.Argument(help="The customer_id of its events.")]
Address = Annotated[
    str | None,
    typer.Option(help="An e-mail address, a number in its international form, or its hash."),
]


class People(Protocol):
    """What is on record of customers and addresses. Raises `LedgerUnavailable`."""

    def get(self, keys: AbstractSet[str]) -> Mapping[str, Person]:
        """Return those who are on record."""
        ...

    def suppress(self, people: Sequence[Person]) -> set[str]:
        """Write what each has `learnt`, where its lessons are the next; answer the keys written."""
        ...


def unsuppress_address(
    by: Annotated[
        str, typer.Option(help="Whose word it is, for the record: a ticket, say; nothing personal.")
    ],
    customer: OneCustomer = None,
    address: Address = None,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Lift what providers taught us of a customer's addresses, or of one address."""
    if not 1 <= len(by.strip()) <= _LONGEST or not by.isprintable():
        raise UsageError(f"--by: say who said so, in one line of up to {_LONGEST} characters")
    people = target(stage, cloud).people()
    hashed = None if address is None else address_hash(address)
    keys, addresses = _about(people, customer, shop, hashed)
    unsuppressions = unsuppressing(people, keys, addresses, by=by.strip(), at=datetime.now(UTC))
    if not unsuppressions:
        whom = f"customer {customer}" if customer else "that address"
        raise UsageError(f"nothing that providers told us of {whom} stands in the way")
    for each in unsuppressions:
        told = f"{each.channel}: {each.reason}, by {each.kind} on {each.at:%Y-%m-%d %H:%M}"
        console.print(f"lifted {told}", markup=False, soft_wrap=True)
    for channel in sorted({each.channel for each in unsuppressions}):
        console.print(f"{_ALSO[channel]}", markup=False, soft_wrap=True)
    if customer is None:
        console.print(_CUSTOMER_TOO, markup=False, soft_wrap=True)


def unsuppressing(
    people: People, keys: Iterable[str], addresses: AbstractSet[str], *, by: str, at: datetime
) -> list[Suppression]:
    """Lift what these records learnt of the addresses; return it, that of an address once.

    Doing it again does what was left where it ended in between. Raises `UsageError` where a record
    changes faster than it can be written.
    """
    waiting = frozenset(keys)
    unsuppressions: dict[str, Suppression] = {}
    for _ in range(_ROUNDS):
        news = []
        for person in people.get(waiting).values():
            after = person
            for address in sorted(addresses & person.suppressions.keys()):
                unsuppressions[address] = person.suppressions[address]
                after = unsuppress(after, address, by=by, at=at)
            if after is not person:
                news.append(after)
        waiting = frozenset(person.key for person in news) - people.suppress(news)
        if not waiting:
            return sorted(unsuppressions.values(), key=lambda each: (each.channel, each.at))
    raise UsageError("the record changes faster than it can be written", hint="try again")


def address_hash(written: str) -> str:
    """Return what an address is remembered by. Raises `UsageError`, and quotes nothing."""
    if _HASH.fullmatch(written):
        return written
    address = mailbox(written) if "@" in written else e164(written, country=_NOWHERE)
    if address is None:
        hint = "ada@example.com, +12065550100, or 22 letters and digits"
        raise UsageError("--address: neither an e-mail address, a number nor a hash", hint=hint)
    return address_key(address)


def _about(
    people: People, customer: str | None, shop: str | None, hashed: str | None
) -> tuple[set[str], set[str]]:
    """Return whose records these are, and which addresses it is about."""
    if customer is None:
        if hashed is None:
            raise UsageError("say whom it is about: a customer, or --address ADDRESS")
        return {hashed}, {hashed}
    key = customer_key(shop=shop, customer_id=customer)
    known = people.get({key}).get(key, Person(key=key))
    contacts = {address_key(each) for each in (known.email, known.phone) if each}
    addresses = {hashed} if hashed else {*known.suppressions, *known.unsuppressions, *contacts}
    return {key, *addresses}, addresses


_ROUNDS = 5  # of losing the race for a record
_LONGEST = 200
_NOWHERE = "ZZ"  # no country: the number has to name its own
_HASH = re.compile(r"[A-Za-z0-9_-]{22}")
_ALSO = {
    Channel.SMS: "SNS has a list of its own: "
    "aws sns check-if-phone-number-is-opted-out --phone-number NUMBER, "
    "then aws sns opt-in-phone-number --phone-number NUMBER",
    Channel.EMAIL: "SES has a list of its own: "
    "aws sesv2 delete-suppressed-destination --email-address ADDRESS",
}
_CUSTOMER_TOO = (
    "if it is a customer's, their record has it too: ordercast customers lift CUSTOMER --by …"
)
