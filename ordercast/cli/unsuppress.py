"""The command `ordercast customers unsuppress`: end suppressions that receipts led to. Used by operators."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Annotated

import typer

from ordercast.audit import Verb, of_many
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console
from ordercast.events.identity import address_key, customer_key
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.notifications.channels import CHANNELS
from ordercast.operations.acts import audited
from ordercast.operations.opt_out_list import opt_out_lists, removed_from, said_of
from ordercast.operations.target import LOCAL_STAGE, Target, provider_endpoint, target
from ordercast.operations.units import count
from ordercast.people.email_addresses import mailbox
from ordercast.people.person import Person, Suppression
from ordercast.people.phone_numbers import e164
from ordercast.receipts.suppressions import unsuppress
from ordercast.usage_error import UsageError

OneCustomer = Annotated[str | None, typer.Argument(help="The customer_id of its events.")]
AddressOption = Annotated[
    str | None,
    typer.Option(help="An e-mail address, a number in its international form, or its hash."),
]


def unsuppress_address(
    by: Annotated[
        str,
        typer.Option(help="The reason, for the record: a ticket, for example; no personal data."),
    ],
    customer: OneCustomer = None,
    address: AddressOption = None,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """End the suppressions of a customer's addresses, or of one address."""
    if not 1 <= len(by.strip()) <= _LONGEST or not by.isprintable():
        raise UsageError(f"--by: give the reason in one line of up to {_LONGEST} characters")
    where = target(stage, cloud)
    people = where.people()
    hashed = None if address is None else address_hash(address)
    keys, addresses = _about(people, customer, shop, hashed)
    lists = opt_out_lists(where, endpoint=provider_endpoint(stage, cloud))
    # First there: else the next text is refused, and suppresses the number again.
    numbers = _numbers(people, keys, address) if lists else set()
    now = datetime.now(UTC)
    with audited(where, Verb.LIFT, of_many(sorted(addresses)), reason=by.strip()) as doing:
        for said in (line for each in sorted(numbers) for line in removed_from(lists, each)):
            console.print(said, markup=False, soft_wrap=True)
        unsuppressions = unsuppressing(people, keys, addresses, by=by.strip(), at=now)
        doing.outcome = f"{count(len(unsuppressions), 'suppression')} ended"
    if not unsuppressions:
        whom = f"customer {customer}" if customer else "that address"
        raise UsageError(f"no suppression of {whom} is stored")
    for each in unsuppressions:
        ended = f"{each.channel}: {each.reason}, by {each.kind} on {each.at:%Y-%m-%d %H:%M}"
        console.print(f"unsuppressed {ended}", markup=False, soft_wrap=True)
    for channel in sorted({each.channel for each in unsuppressions}):
        console.print(CHANNELS[channel].unsuppress_hint, markup=False, soft_wrap=True)
    if second := where.settings.second_region.region:
        console.print(_THERE_TOO.format(region=second), markup=False, soft_wrap=True)
    if customer is None:
        console.print(_CUSTOMER_TOO, markup=False, soft_wrap=True)


def unsuppressing(
    people: DynamoPeople,
    keys: Iterable[str],
    addresses: AbstractSet[str],
    *,
    by: str,
    at: datetime,
) -> list[Suppression]:
    """End the suppressions of the addresses in these records; return them, one for each address.

    May be repeated after an interruption. Raises `UsageError` if a record keeps changing.
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
    """Return the hash of an address. Raises `UsageError`, which quotes no address."""
    if _HASH.fullmatch(written):
        return written
    address = mailbox(written) if "@" in written else e164(written, country=_NOWHERE)
    if address is None:
        hint = "ada@example.com, +12065550100, or 22 letters and digits"
        raise UsageError("--address: neither an e-mail address, a number nor a hash", hint=hint)
    return address_key(address)


def shown_lists(where: Target, address: str, *, endpoint: str | None) -> Iterator[str]:
    """Yield what End User Messaging's lists say of a number, where the stage uses it."""
    if number := e164(address, country=_NOWHERE):
        yield from said_of(opt_out_lists(where, endpoint=endpoint), number)


def _numbers(people: DynamoPeople, keys: AbstractSet[str], address: str | None) -> set[str]:
    """Return the numbers that are meant and known: of a hash nobody can tell the number."""
    if address:
        written = e164(address, country=_NOWHERE)
        return {written} if written else set()
    return {each.phone for each in people.get(keys).values() if each.phone}


def _about(
    people: DynamoPeople, customer: str | None, shop: str | None, hashed: str | None
) -> tuple[set[str], set[str]]:
    """Return the keys of the records, and the hashes of the addresses."""
    if customer is None:
        if hashed is None:
            raise UsageError("name a customer, or --address ADDRESS")
        return {hashed}, {hashed}
    key = customer_key(shop=shop, customer_id=customer)
    known = people.get({key}).get(key, Person(key=key))
    contacts = {address_key(each) for each in (known.email, known.phone) if each}
    addresses = {hashed} if hashed else {*known.suppressions, *known.unsuppressions, *contacts}
    return {key, *addresses}, addresses


_ROUNDS = 5  # attempts to write a record that others change
_LONGEST = 200
_NOWHERE = "ZZ"  # no country: the number has to name its own
_HASH = re.compile(r"[A-Za-z0-9_-]{22}")
_THERE_TOO = "these lists are of a Region: the stage's second one has its own; the same with --region {region}"
_CUSTOMER_TOO = (
    "if it is a customer's, their record has it too: ordercast customers unsuppress CUSTOMER --by …"
)
