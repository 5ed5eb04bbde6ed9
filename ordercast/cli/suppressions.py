"""The commands `ordercast suppressions`: list, show, add, import and end suppressions of addresses. Used by operators."""

import csv
import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from ordercast.cli.options import AsCsv, AsJson, CloudName, Stage
from ordercast.cli.output.terminal import console, field_list
from ordercast.cli.suppression_changes import (
    add,
    import_file,
    remove,
    suppression_fields,
)
from ordercast.events.order_event import Channel
from ordercast.operations.masking import masked
from ordercast.operations.named_address import NamedAddress, named_address
from ordercast.operations.provider_lists import (
    MOST_A_PAGE,
    ProviderList,
    provider_lists,
    said_of,
)
from ordercast.operations.suppression_evidence import SuppressionEvidence, evidence_of
from ordercast.operations.target import LOCAL_STAGE, provider_endpoint, target
from ordercast.operations.units import count
from ordercast.people.person import Person
from ordercast.queries.messages import PAGE
from ordercast.queries.suppressed import SuppressionsPage
from ordercast.queries.suppressed import suppressions as listed
from ordercast.receipts.provider_events import SuppressionReason
from ordercast.usage_error import UsageError

COLUMNS = ("hash", "at", "channel", "reason", "evidence", "message", "by")
"""What `--csv` and `--json` have of a suppression."""

suppressions = typer.Typer(
    name="suppressions",
    no_args_is_help=True,
    help="Addresses that nothing is sent to, the stage's own and those of the providers' lists.",
)
suppressions.command("add")(add)
suppressions.command("import")(import_file)
suppressions.command("remove")(remove)


@suppressions.command("list")
def list_suppressions(  # noqa: PLR0913, PLR0917 - an option each
    channel: Annotated[Channel | None, typer.Option(help="Only of this channel.")] = None,
    reason: Annotated[SuppressionReason | None, typer.Option(help="Only for this reason.")] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            metavar="ses|sns|sms-voice",
            help="Instead of the stage's own: that provider's list, in each Region, addresses masked.",
        ),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Of a provider: in this Region only.")] = None,
    after: Annotated[
        str | None, typer.Option(help="The page behind this: the cursor of the page before.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many on a page.")] = PAGE,
    as_csv: AsCsv = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List suppressed addresses, newest evidence first, by their hashes, a page at a time."""
    if as_csv and (as_json or provider):
        raise UsageError("--csv: of the stage's own suppressions only, and without --json")
    where = target(stage, cloud)
    if provider is None:
        page = listed(
            where.suppression_list(),
            channel=channel or "",
            reason=reason or "",
            cursor=after,
            size=last,
        )
        _show_page(page, as_csv=as_csv, as_json=as_json)
        return
    every = provider_lists(where, endpoint=provider_endpoint(stage, cloud))
    lists = [e for e in every if e.provider == provider and region in {None, e.region}]
    if not lists:
        known = ", ".join(sorted({f"{each.provider} in {each.region}" for each in every}))
        raise UsageError("--provider: this stage has no such list", hint=f"it has {known}")
    if after and len(lists) > 1:
        raise UsageError("--after: name the --region that it is a cursor of")
    _show_lists(lists, after, size=min(last, MOST_A_PAGE), as_json=as_json)


@suppressions.command("show")
def show(
    address: Annotated[
        str,
        typer.Argument(help="An e-mail address, a number in its international form, or its hash."),
    ],
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show why nothing goes to an address, with the evidence, and which providers' lists it is on."""
    where = target(stage, cloud)
    named = named_address(address, option="ADDRESS")
    person = where.people().get({named.key}).get(named.key, Person(key=named.key))
    found = evidence_of(person, where.receipt_logs(), where.ledger())
    on_lists: list[str] = []
    if named.address:
        lists = provider_lists(where, endpoint=provider_endpoint(stage, cloud))
        on_lists = list(said_of(lists, named.address))
    if as_json:
        print(json.dumps(_document(named, person, found, on_lists), indent=2, ensure_ascii=False))
        return
    if person.suppressions_version == 0 and not on_lists:
        raise UsageError("nothing is stored about that address, and it is on no list")
    _show(named, person, found, on_lists)


def _show(
    named: NamedAddress, person: Person, found: SuppressionEvidence | None, on_lists: list[str]
) -> None:
    fields = {"address": masked(named.address) if named.address else "-", "hash": named.key}
    if found:
        fields |= {name: value or "-" for name, value in _evidence(found).items()}
    else:
        fields["reason"] = "none: messages may be sent"
    fields["soft bounces"] = str(len(person.soft_bounces))
    fields["ended before"] = (
        ", ".join(f"{e.reason}, by {e.by} on {e.at:%Y-%m-%d %H:%M}" for e in _ended(person)) or "-"
    )
    fields["providers' lists"] = "\n".join(on_lists) or (
        "-" if named.address else "not asked: a hash"
    )
    console.print(field_list(fields))


def _evidence(found: SuppressionEvidence) -> dict[str, str | None]:
    why = found.suppression
    return {
        "channel": why.channel,
        "reason": why.reason,
        "by": why.by or "its provider",
        "evidence": why.kind,
        "at": f"{why.at:%Y-%m-%d %H:%M:%S} UTC",
        "provider's message": why.message_id or None,
        "notification": found.notification_id,
        "order": found.order_id,
    }


def _document(
    named: NamedAddress, person: Person, found: SuppressionEvidence | None, on_lists: list[str]
) -> dict[str, Any]:
    return {
        "address": masked(named.address) if named.address else None,
        "hash": named.key,
        "suppression": found
        and {
            **suppression_fields(found.suppression),
            "notification": found.notification_id,
            "order": found.order_id,
        },
        "soft_bounces": len(person.soft_bounces),
        "ended": [
            {"reason": each.reason, "by": each.by, "at": each.at.isoformat()}
            for each in _ended(person)
        ],
        "provider_lists": on_lists,
    }


def _ended(person: Person) -> Iterator[Any]:
    return iter(sorted(person.unsuppressions.values(), key=lambda each: each.at))


def _show_page(page: SuppressionsPage, *, as_csv: bool, as_json: bool) -> None:
    rows = [{"hash": each.address, **suppression_fields(each.suppression)} for each in page.rows]
    if as_csv:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return
    if as_json:
        found = {"suppressions": rows, "cursor": page.cursor, "read_units": page.units}
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for each in page.rows:
        why = each.suppression
        source = why.message_id or f"by {why.by}"
        line = f"{why.at:%Y-%m-%d %H:%M:%S}  {each.address}  {why.channel}  {why.reason}  {why.kind}  {source}"
        console.print(Text(line), soft_wrap=True)
    more = f"; the next page: --after '{page.cursor}'" if page.cursor else "; that is all"
    said = f"{count(len(page.rows), 'suppression')}; {page.units:.1f} read units{more}"
    console.print(Text(said, style="dim"), soft_wrap=True)


def _show_lists(lists: list[ProviderList], after: str | None, *, size: int, as_json: bool) -> None:
    pages = [(each, each.page(after, size=size)) for each in lists]
    if as_json:
        found = [
            {
                "provider": each.provider,
                "region": each.region,
                "addresses": [
                    {"address": masked(address), "said": said or None}
                    for address, said in page.entries
                ],
                "cursor": page.token,
            }
            for each, page in pages
        ]
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for each, page in pages:
        for address, said in page.entries:
            console.print(
                Text(f"{each.region}  {masked(address)}  {said}".rstrip()), soft_wrap=True
            )
        more = (
            f"; the next page: --region {each.region} --after '{page.token}'" if page.token else ""
        )
        what = f"{len(page.entries)} listed of {each.name}{more}"
        console.print(Text(what, style="dim"), soft_wrap=True)
