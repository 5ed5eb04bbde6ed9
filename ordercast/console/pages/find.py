"""Look for whatever an operator has a name of; the addresses that one is sent on to hold hashes only. Used by the console."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ordercast.cli.find import searched
from ordercast.cli.options import read_name
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, shows, takes
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import customer_key, order_of
from ordercast.operations.masking import masked
from ordercast.operations.person_fields import fields_of_person
from ordercast.operations.shops import shops_of
from ordercast.people.person import address_of
from ordercast.queries.find import SearchHit
from ordercast.queries.find import find as found_by

LISTED = 5
"""How many messages are listed below a verdict."""

_CONTACTS = ("e-mail", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """What was found, and the address of all of it; `record` is that of a customer."""

    found: SearchHit
    to: str
    record: str


def find(request: Request) -> Response:
    """Show the form."""
    return shown(request, "find.html", findings=None)


def search(request: Request, form: Form) -> Response:
    """Show what was found, in all shops of late; one order alone is shown at once."""
    stage = stage_of(request)
    text = read_name("what is looked for", form.get("text", ""))
    named = [form["shop"]] if form.get("shop") else []
    shops = list(dict.fromkeys([*named, *shops_of(stage.where, now=stage.now())]))
    findings = found_by(text, searched(stage.where), shops=shops, now=stage.now())
    if [each.what for each in findings] == ["order"] and findings[0].rows:
        return RedirectResponse(f"/orders/{order_of(findings[0].rows[0].id)}", status_code=303)
    return shown(request, "find.html", findings=[_shown(text, each) for each in findings])


def customer(request: Request) -> Response:
    """Show what is on record of a customer, contacts masked."""
    key = request.path_params["customer"]
    ledger = stage_of(request).where.ledger()
    known = ledger.look_up(LookupKeys(people=frozenset({key}))).people.get(key)
    fields = fields_of_person(known) if known else {}
    fields |= {name: masked(str(fields[name])) for name in _CONTACTS if fields.get(name)}
    return shown(request, "customer.html", key=key, fields=fields)


def _shown(text: str, each: SearchHit) -> ShownFinding:
    to = record = ""
    if each.what == "customer":
        key = customer_key(shop=each.shop, customer_id=text)
        to, record = _list(customer=key), f"/customers/{key}"
    elif each.what == "address":
        to = _list(address=address_of(each.rows[0]) or "")
    elif each.rows:
        to = f"/orders/{order_of(each.rows[0].id)}"
    elif each.what == "parked event":
        to = "/parked"
    return ShownFinding(found=each, to=to, record=record)


def _list(**whose: str) -> str:
    return f"/messages?{urlencode({**whose, 'since': '30d'})}"


ROUTES = (
    shows("/find", find),
    takes("/find", search),
    shows("/customers/{customer}", customer),
)
