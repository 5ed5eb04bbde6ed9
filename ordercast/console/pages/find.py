"""Look for an order or a customer by what is typed; the addresses that one is sent on to hold hashes only. Used by the console."""

from itertools import chain, islice

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, shows, takes
from ordercast.events.identity import customer_key, order_hash_for
from ordercast.operations.units import count
from ordercast.usage_error import UsageError

LISTED = 50


def find(request: Request) -> Response:
    """Show the forms."""
    return shown(request, "find.html")


def to_order(request: Request, form: Form) -> Response:
    """Send on to the page of an order."""
    del request
    if not form.get("order"):
        raise UsageError("Type the order_id of its events.")
    hashed = order_hash_for(shop=form.get("shop") or None, order_id=form["order"])
    return RedirectResponse(f"/orders/{hashed}", status_code=303)


def to_customer(request: Request, form: Form) -> Response:
    """Send on to the page of a customer."""
    del request
    if not form.get("customer"):
        raise UsageError("Type the customer_id of the events.")
    key = customer_key(shop=form.get("shop") or None, customer_id=form["customer"])
    return RedirectResponse(f"/customers/{key}", status_code=303)


def customer(request: Request) -> Response:
    """List the newest notifications of a customer."""
    pages = stage_of(request).where.ledger().of_customer(request.path_params["customer"])
    rows = list(islice(chain.from_iterable(pages), LISTED + 1))
    more = f"These are the newest {count(LISTED)}." if len(rows) > LISTED else ""
    return shown(request, "customer.html", rows=rows[:LISTED], more=more)


ROUTES = (
    shows("/find", find),
    takes("/find/order", to_order),
    takes("/find/customer", to_customer),
    shows("/customers/{customer}", customer),
)
