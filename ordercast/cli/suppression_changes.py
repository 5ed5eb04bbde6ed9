"""Add, import and end suppressions, and keep it in the audit trail. Used by `ordercast suppressions`."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.text import Text

from ordercast.audit import Verb, of_many
from ordercast.cli.options import AsJson, CloudName, Really, Shop, Stage
from ordercast.cli.output.terminal import console, errors_console
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.operations.acts import audited
from ordercast.operations.named_address import named_address
from ordercast.operations.order_files import read_file
from ordercast.operations.provider_lists import provider_lists, removed_from, was_taken_off
from ordercast.operations.suppressing import (
    REASONS,
    NewSuppression,
    Suppressed,
    suppressing,
    unsuppressing,
)
from ordercast.operations.suppression_files import suppression_lines
from ordercast.operations.target import LOCAL_STAGE, Target, provider_endpoint, target
from ordercast.operations.units import count
from ordercast.people.person import Person, Suppression
from ordercast.receipts.provider_events import SuppressionReason
from ordercast.usage_error import UsageError

OneCustomer = Annotated[str | None, typer.Argument(help="The customer_id of its events.")]
AddressOption = Annotated[
    str | None,
    typer.Option(help="An e-mail address, a number in its international form, or its hash."),
]


def _said_by(written: str, *personal: str | None) -> str:
    if not 1 <= len(written.strip()) <= _LONGEST or not written.isprintable():
        raise UsageError(f"--by: give the reason in one line of up to {_LONGEST} characters")
    if any(each and each.casefold() in written.casefold() for each in personal):
        raise UsageError("--by: it names whom it is about, and is kept", hint="a ticket's number")
    return written.strip()


AskedBy = Annotated[
    str,
    typer.Option(help="Who asked for it, for the record: a ticket, for example; no personal data."),
]


def add(
    address: Annotated[
        str,
        typer.Argument(help="An e-mail address, a number in its international form, or its hash."),
    ],
    by: AskedBy,
    reason: Annotated[
        SuppressionReason, typer.Option(help="Why; the rule of what is not sent.")
    ] = SuppressionReason.OPTED_OUT,
    channel: Annotated[
        Channel | None, typer.Option(help="Needed with a hash, which does not tell it.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Suppress an address: from the next claim on nothing is sent there. It goes on no provider's list."""
    asked_by, where = _said_by(by, address), target(stage, cloud)
    named = named_address(address, option="ADDRESS")
    if channel and named.channel not in {None, channel}:
        raise UsageError(f"--channel: that address is one for {named.channel}")
    of = named.channel or channel
    if of is None:
        raise UsageError("--channel: a hash does not tell it; name sms or email")
    if reason not in REASONS[of]:
        raise UsageError(f"--reason: of {of}, one of {', '.join(REASONS[of])}")
    wanted = NewSuppression(
        address=named.key, channel=of, reason=reason, at=datetime.now(UTC), by=asked_by
    )
    with audited(where, Verb.SUPPRESS, named.key, reason=asked_by) as doing:
        did = suppressing(where.people(), [wanted], soft_bounces=where.settings.soft_bounces)
        doing.outcome = f"{of}: {reason}" if did.new else "it was suppressed before"
    if as_json:
        _as_json({"hash": named.key, "channel": of, "reason": reason, "new": bool(did.new)})
    else:
        new = f"suppressed {of}: {reason}, {named.key}"
        _print(new if did.new else "it was suppressed before")


def import_file(
    file: Annotated[str, typer.Argument(help="CSV with columns address, reason, at; - is stdin.")],
    by: AskedBy,
    reason: Annotated[
        SuppressionReason | None, typer.Option(help="That of lines without one.")
    ] = None,
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Suppress the addresses of a file, such as old bounces before a first send; may be repeated."""
    asked_by, now = _said_by(by), datetime.now(UTC)
    if reason is SuppressionReason.SOFT_BOUNCED:
        raise UsageError("--reason: soft bounces are counted, not imported")
    where = target(stage, cloud)
    lines = list(suppression_lines(read_file(file), reason=reason, by=asked_by, now=now))
    bad = [each for each in lines if each.problem]
    for each in bad:
        errors_console.print(Text(f"line {each.line}: {each.problem}"), soft_wrap=True)
    wanted = [each.suppression for each in lines if each.suppression]
    did = _import(where, wanted, asked_by, really=yes)
    said = (
        f"{len(wanted)} of {len(lines)} lines can be used: {did.new} addresses suppressed anew,"
        f" {did.known} suppressed before, {did.ended} left, as an operator ended that since"
    )
    if as_json:
        problems = [{"line": each.line, "problem": each.problem} for each in bad]
        counts = {"lines": len(lines), "usable": len(wanted), "done": yes}
        new = {"new": did.new, "known": did.known, "ended_since": did.ended}
        _as_json({**counts, **new, "problems": problems})
    else:
        _print(said if yes else f"{said}. Nothing was changed; --yes does it.")
    if bad:
        raise typer.Exit(1)


def _import(
    where: Target, wanted: Sequence[NewSuppression], by: str, *, really: bool
) -> Suppressed:
    people, soft_bounces = where.people(), where.settings.soft_bounces
    addresses = len({each.address for each in wanted})
    with Progress(console=errors_console) as progress:
        task = progress.add_task("imported" if really else "looked at", total=addresses)
        advance = partial(progress.advance, task)
        run = partial(suppressing, people, wanted, soft_bounces=soft_bounces, progress=advance)
        if not really:
            return run(really=False)
        with audited(where, Verb.IMPORT, f"{addresses} suppressions", reason=by) as doing:
            did = run()
            doing.outcome = f"{did.new} new, {did.known} known, {did.ended} ended since"
        return did


def remove(
    by: AskedBy,
    customer: OneCustomer = None,
    address: AddressOption = None,
    shop: Shop = None,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """End the suppressions of a customer's addresses, or of one address, on the providers' lists too."""
    asked_by, where = _said_by(by, address, customer), target(stage, cloud)
    people, now = where.people(), datetime.now(UTC)
    named = None if address is None else named_address(address)
    hashed, written = (named.key, named.address) if named else (None, None)
    keys, addresses = _about(people, customer, shop, hashed)
    lists = provider_lists(where, endpoint=provider_endpoint(stage, cloud))
    known = _known(people, keys, addresses, written)
    with audited(where, Verb.LIFT, of_many(sorted(addresses)), reason=asked_by) as doing:
        # First there: else the next message is refused, and suppresses the address again.
        on_lists = [line for each in sorted(known) for line in removed_from(lists, each)]
        ended = unsuppressing(people, keys, addresses, by=asked_by, at=now)
        doing.outcome = f"{count(len(ended), 'suppression')} ended"
    if as_json:
        _as_json(
            {"ended": [suppression_fields(each) for each in ended], "provider_lists": on_lists}
        )
    else:
        _say_ended(ended, on_lists, hashes=len(known) < len(addresses), customer=customer)
    if not ended and not any(map(was_taken_off, on_lists)):
        whom = f"customer {customer}" if customer else "that address"
        raise UsageError(f"no suppression of {whom} is stored")


def _say_ended(
    ended: Sequence[Suppression], on_lists: Sequence[str], *, hashes: bool, customer: str | None
) -> None:
    for line in on_lists:
        _print(line)
    for each in ended:
        said = f"{each.channel}: {each.reason}, by {each.kind} on {each.at:%Y-%m-%d %H:%M}"
        _print(f"unsuppressed {said}")
    if ended and hashes:
        _print(_HASHES)
    if ended and customer is None:
        _print(_CUSTOMER_TOO)


def _known(
    people: DynamoPeople,
    keys: AbstractSet[str],
    addresses: AbstractSet[str],
    written: str | None,
) -> set[str]:
    """Return the addresses that are meant and known: of a hash nobody can tell the address."""
    records = people.get(keys).values()
    contacts = {written, *(each for one in records for each in (one.email, one.phone))}
    return {each for each in contacts if each and address_key(each) in addresses}


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


def suppression_fields(why: Suppression) -> dict[str, str | None]:
    """Return a suppression as `--json` has it; `message` is null where no provider reported it."""
    return {
        "at": why.at.isoformat(timespec="milliseconds"),
        "channel": why.channel,
        "reason": why.reason,
        "evidence": why.kind,
        "message": why.message_id or None,
        "by": why.by,
    }


def _as_json(document: Mapping[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _print(said: str) -> None:
    console.print(Text(said), soft_wrap=True)


_LONGEST = 200
_HASHES = (
    "providers were not asked of addresses that only a hash is known of: give --address ADDRESS"
)
_CUSTOMER_TOO = (
    "if it is a customer's, their record has it too: ordercast suppressions remove CUSTOMER --by …"
)
