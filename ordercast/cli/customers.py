"""The commands `ordercast customers`: import, show and change customers. Used by operators."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.text import Text

from ordercast.audit import Verb
from ordercast.cli.options import CloudName, Shop, Stage
from ordercast.cli.output.terminal import console, errors_console, field_list
from ordercast.cli.promotions import set_promotions, unsubscribe
from ordercast.cli.suppression_changes import AddressOption, OneCustomer
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.operations.acts import audited
from ordercast.operations.customer_files import OPTED_OUT, CustomerLine, customer_lines
from ordercast.operations.named_address import named_address
from ordercast.operations.order_files import read_file
from ordercast.operations.person_fields import fields_of_person
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.operations.units import count
from ordercast.people.person import Person, QuietHours
from ordercast.settings.processors import quiet_hours
from ordercast.settings.texts import open_countries
from ordercast.usage_error import UsageError

customers = typer.Typer(
    name="customers",
    no_args_is_help=True,
    help="Customers and their addresses: import, show, set, promotions, unsubscribe.",
)
customers.command("promotions")(set_promotions)
customers.command("unsubscribe")(unsubscribe)

Customer = Annotated[str, typer.Argument(help="The customer_id of its events.")]
NONE = "none"
CHOICES: Mapping[str, tuple[Channel, ...] | None] = {
    **{str(channel): (channel,) for channel in Channel},
    "both": tuple(Channel),
    NONE: None,
}
"""The words for `--channel`."""


@customers.command("import")
def import_customers(
    file: Annotated[str, typer.Argument(help="JSON Lines, one customer a line; - is stdin.")],
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Store customers, line after line; earlier refusals that are not in the file are kept."""
    content, where = read_file(file), target(stage, cloud)
    lines = customer_lines(content, texts_to=frozenset(open_countries(where.settings.countries)))
    bad = [line for line in lines if line.problem]
    for line in lines:
        for said in filter(None, (line.problem, *line.left_out)):
            errors_console.print(f"line {line.place}: {said}", markup=False)
    people = where.people()
    lines_of: dict[str, list[CustomerLine]] = {}
    for line in lines:
        if line.person:
            lines_of.setdefault(line.person.key, []).append(line)
    with audited(where, Verb.IMPORT, count(len(lines_of), "customer")):
        people.change(
            lines_of,
            lambda known: reduce(lambda to, line: line.over(to), lines_of[known.key], known),
        )
    partly = sum(1 for line in lines if line.left_out)
    note = f", {partly} without what is named above" if partly else ""
    console.print(f"{len(lines) - len(bad)} of {len(lines)} lines imported{note}")
    if bad or partly:
        raise typer.Exit(1)


@customers.command("show")
def show(
    customer: OneCustomer = None,
    address: AddressOption = None,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show the record of a customer or of an address."""
    if (customer is None) == (address is None):
        raise UsageError("name a customer, or --address ADDRESS")
    people = target(stage, cloud).people()
    if address is not None:
        key, missing = named_address(address).key, "nothing is stored about that address"
        hint = "its providers' lists: ordercast suppressions show ADDRESS"
    else:
        key = customer_key(shop=shop, customer_id=str(customer))
        missing = f"no customer {customer} is on record"
        hint = "" if shop else "if its events name a shop, add --shop NAME"
    found = people.get({key}).get(key)
    if found is None:
        raise UsageError(missing, hint=hint)
    console.print(_listing(found))


@customers.command("set")
def set_customer(
    customer: Customer,
    channel: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(CHOICES),
            help="Channels for events that name none; none: every possible one.",
        ),
    ] = None,
    quiet: Annotated[
        str | None,
        typer.Option(
            help="21:00-08:00 in the customer's time zone; none: the stage's quiet hours."
        ),
    ] = None,
    opt_out: Annotated[
        list[Channel] | None,
        typer.Option(help="Never use this channel; takes precedence over everything."),
    ] = None,
    opt_in: Annotated[
        list[Channel] | None, typer.Option(help="The customer agreed to this channel.")
    ] = None,
    shop: Shop = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Change the record of a customer, or create it."""
    if set(opt_out or ()) & set(opt_in or ()):
        raise UsageError("one channel cannot be opted in to and out of at once")
    if channel is not None and channel not in CHOICES:
        raise UsageError(f"--channel: not one of {', '.join(CHOICES)}")
    hours = None if quiet is None else _quiet_hours(quiet)
    where = target(stage, cloud)
    people = where.people()
    key = customer_key(shop=shop, customer_id=customer)

    def changed(known: Person) -> Person:
        before = replace(known, customer_id=customer, shop=shop)
        after = _opted(before, out=opt_out or (), into=opt_in or ())
        if channel is not None:
            after = replace(after, channels=CHOICES[channel])
        return after if quiet is None else replace(after, quiet=hours)

    with audited(where, Verb.SET, key):
        people.change({key}, changed)
    console.print(_listing(people.get({key})[key]))


def _opted(person: Person, *, out: Iterable[Channel], into: Iterable[Channel]) -> Person:
    refusals = {c: why for c, why in person.refusals.items() if c not in into}
    refusals |= {c: refusals.get(c, OPTED_OUT) for c in out}
    return replace(person, refusals=refusals, consents=(person.consents | {*into}) - {*out})


def _quiet_hours(written: str) -> QuietHours | None:
    try:
        return quiet_hours("" if written == NONE else written)
    except ValueError as error:
        raise UsageError(f"--quiet: {error}") from error


def _listing(person: Person) -> Text:
    return field_list({name: value or "-" for name, value in fields_of_person(person).items()})
