"""The command `ordercast forget`: anonymise what a stage holds of a customer or an address. Used by operators."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from ordercast.audit import Verb
from ordercast.cli.options import (
    AsJson,
    CloudName,
    Really,
    Shop,
    Stage,
    each_given,
    read_reason,
)
from ordercast.cli.output.terminal import console
from ordercast.cli.suppression_changes import AddressOption, OneCustomer
from ordercast.events.identity import customer_key
from ordercast.operations.acts import audited
from ordercast.operations.forget_receipt import Remaining, remaining
from ordercast.operations.forgetting import ForgetOutcome, Whom
from ordercast.operations.forgetting import forget as forget_whom
from ordercast.operations.named_address import address_hash
from ordercast.operations.parked_acts import handle
from ordercast.operations.parked_search import parked_with
from ordercast.operations.parked_sources import parked_sources
from ordercast.operations.provider_lists import provider_lists, said_of
from ordercast.operations.target import LOCAL_STAGE, Target, provider_endpoint, target
from ordercast.operations.units import count
from ordercast.parked.item import ParkedItem, Selection
from ordercast.usage_error import UsageError

WhyForget = Annotated[
    str,
    typer.Option(
        help="Why, for the audit trail: a ticket, for example; no personal data.",
        callback=each_given(read_reason),
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What names them besides tables: parked events, and the providers' lists that an address is on."""

    parked: Sequence[ParkedItem]
    on_lists: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipt:
    """What came of it: nothing of it is personal, so it may be kept."""

    whom: Whom
    at: datetime
    outcome: ForgetOutcome
    found: _Found
    dropped: int
    remains: Sequence[Remaining]


def forget(  # noqa: PLR0913, PLR0917 - each is an option of the command
    customer: OneCustomer = None,
    address: AddressOption = None,
    shop: Shop = None,
    key: Annotated[
        str | None, typer.Option(help="Instead of a customer: its hash, as a receipt names it.")
    ] = None,
    reason: WhyForget = "",
    drop_parked: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--drop-parked", help="Drop the parked events that name it, too."),
    ] = False,
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Take a customer, or an address, out of everything that can be changed; say what only expiry removes.

    What waits for them is not sent. What they refused stays refused. Without --yes it is only shown.
    May be interrupted and repeated.
    """
    if sum(each is not None for each in (customer, address, key)) != 1:
        raise UsageError("name a customer, or --address ADDRESS, or --key HASH")
    if yes:
        _reason_without(reason, [customer, address])
    where, now = target(stage, cloud), datetime.now(UTC)
    # Hashed with the stage's secret, so after it is known which.
    whom = _whom(customer, address, shop, key)
    found = _Found(
        parked=_parked(where, customer, shop, address),
        on_lists=_on_lists(where, whom, address, endpoint=provider_endpoint(stage, cloud)),
    )
    seen = forget_whom(whom, where.ledger(), where.people(), at=now, really=False)
    if not (seen.is_any or found.parked or found.on_lists):
        hint = "" if address else "--shop names the shop of the customer's events"
        raise UsageError("nothing is stored of that name", hint=hint)
    if yes:
        receipt = _forget(where, whom, found, reason=reason, drop=drop_parked, at=now)
    else:
        receipt = _receipt(where, whom, seen, found, dropped=0, at=now)
    if as_json:
        print(json.dumps(_document(receipt, done=yes), indent=2, ensure_ascii=False))
    else:
        _show(receipt, done=yes)
    if receipt.outcome.changing:
        left = count(receipt.outcome.changing, "notification")
        raise UsageError(f"{left} changed faster than they could be written", hint="repeat it")


def _whom(customer: str | None, address: str | None, shop: str | None, key: str | None) -> Whom:
    if address is not None:
        return Whom(address=address_hash(address))
    if customer is not None:
        return Whom(customer=customer_key(shop=shop, customer_id=customer))
    return Whom(customer=key)


def _reason_without(reason: str, personal: Sequence[str | None]) -> None:
    """Raise `UsageError` without a reason, or with one that names whom to forget."""
    if not reason:
        raise UsageError("--reason: say why, for the audit trail", hint="a ticket's number")
    if any(each and each.casefold() in reason.casefold() for each in personal):
        raise UsageError("--reason: it names whom to forget, and is kept", hint="a ticket's number")


def _forget(
    where: Target,
    whom: Whom,
    found: _Found,
    *,
    reason: str,
    drop: bool,
    at: datetime,
) -> _Receipt:
    dropped = _drop(where, found.parked, reason) if drop and found.parked else 0
    with audited(where, Verb.FORGET, whom.key, reason=reason) as doing:
        outcome = forget_whom(whom, where.ledger(), where.people(), at=at)
        doing.outcome = _said(outcome)
    return _receipt(where, whom, outcome, found, dropped=dropped, at=at)


def _receipt(
    where: Target,
    whom: Whom,
    outcome: ForgetOutcome,
    found: _Found,
    *,
    dropped: int,
    at: datetime,
) -> _Receipt:
    return _Receipt(
        whom=whom,
        at=at,
        outcome=outcome,
        found=found,
        dropped=dropped,
        remains=remaining(where.settings, at=at),
    )


def _parked(
    where: Target, customer: str | None, shop: str | None, address: str | None
) -> list[ParkedItem]:
    """Return the parked events in which it stands as it is typed, with the shop: of a hash nobody can tell."""
    if customer is None:
        return parked_with(where, address) if address else []
    # In quotes, as JSON has it: c-1 is no part of c-12.
    return parked_with(where, *(json.dumps(each) for each in (customer, shop) if each))


def _on_lists(where: Target, whom: Whom, address: str | None, *, endpoint: str | None) -> list[str]:
    """Return a line for each provider's list that the address, or a contact on record, is on."""
    known = {address}
    if whom.customer:
        person = where.people().get({whom.customer}).get(whom.customer)
        known = {person.email, person.phone} if person else set()
    lists = provider_lists(where, endpoint=endpoint)
    return [line for each in sorted(filter(None, known)) for line in said_of(lists, each)]


def _drop(where: Target, items: Sequence[ParkedItem], reason: str) -> int:
    """Drop them, so that nobody redrives them; their payloads stay until they expire."""
    with closing(parked_sources(where)) as sources:
        found = sources.find(Selection(ids=[each.id for each in items]))
        return handle(where, found, Verb.DROP, reason=reason)


def _said(outcome: ForgetOutcome) -> str:
    rows = f"{count(outcome.rows, 'notification')} anonymised"
    ended = f"{outcome.ended} of them waited and will not be sent"
    return f"{rows}, {ended}; {count(outcome.records, 'record')} of customers emptied"


def _show(receipt: _Receipt, *, done: bool) -> None:
    outcome = receipt.outcome
    kind = "customer" if receipt.whom.customer else "address"
    _line(f"{kind} {receipt.whom.key}, {receipt.at:%Y-%m-%d %H:%M:%S} UTC", style="bold")
    _line(("" if done else "would be: ") + _said(outcome))
    if outcome.before:
        _line(f"{count(outcome.before, 'notification')} anonymised before")
    for refused in outcome.kept:
        _line(f"stays refused: {refused}")
    if receipt.dropped:
        _line(f"{count(receipt.dropped, 'parked event')} dropped")
    elif receipt.found.parked:
        ids = " ".join(each.id for each in receipt.found.parked)
        _line(
            f"{count(len(receipt.found.parked), 'parked event')} of theirs (--drop-parked): {ids}"
        )
    _line("What is left:", style="bold")
    for line in receipt.found.on_lists:
        _line(f"  {line}")
    for each in receipt.remains:
        ends = f"until {each.until:%Y-%m-%d}" if each.until else each.how
        _line(f"  {each.place}: {each.what}; {ends}")
    if not done:
        _line("Nothing was changed; --yes does it.")


def _line(said: str, style: str = "") -> None:
    console.print(Text(said, style=style), soft_wrap=True)


def _document(receipt: _Receipt, *, done: bool) -> Mapping[str, Any]:
    outcome = receipt.outcome
    return {
        "at": receipt.at.isoformat(timespec="seconds"),
        "done": done,
        "kind": "customer" if receipt.whom.customer else "address",
        "key": receipt.whom.key,
        "addresses": list(outcome.addresses),
        "notifications": outcome.rows,
        "not_sent": outcome.ended,
        "anonymised_before": outcome.before,
        "still_changing": outcome.changing,
        "records": outcome.records,
        "stays_refused": list(outcome.kept),
        "parked": [each.id for each in receipt.found.parked],
        "parked_dropped": receipt.dropped,
        "provider_lists": list(receipt.found.on_lists),
        "remains": [
            {
                "place": each.place,
                "what": each.what,
                "until": each.until and each.until.isoformat(timespec="seconds"),
                "how": each.how or None,
            }
            for each in receipt.remains
        ],
    }
