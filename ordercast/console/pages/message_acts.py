"""Send a message again, or cancel what waits, after a dry run. Used by the console, with `--allow-actions` only."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ordercast.audit import Verb
from ordercast.cli.options import read_reason
from ordercast.console.pages.parked import digest_of
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, takes
from ordercast.events.identity import order_of
from ordercast.notifications.notification import Notification
from ordercast.operations.cancelling import (
    MeantMessages,
    by_state,
    of_message,
    of_order,
    plan_cancel,
)
from ordercast.operations.cancelling import cancel as cancel_messages
from ordercast.operations.named_messages import named_message
from ordercast.operations.resending import look_at_resend, next_number
from ordercast.operations.resending import resend as send_again
from ordercast.sending.resending import MOST_RESENDS
from ordercast.usage_error import UsageError
from ordercast.workflows.cancel_messages import CancelReport

_YES = "yes"


def plan(request: Request, form: Form) -> Response:
    """Say what would be sent again or cancelled, and ask for a reason."""
    if _verb(form) is Verb.RESEND:
        row = _row(request, form)
        return _planned_resend(request, row, next_number(stage_of(request).where, row))
    return _planned_cancel(request, form)


def act(request: Request, form: Form) -> Response:
    """Do what was planned: a resend by its number, a cancellation if the same is found."""
    verb, reason = _verb(form), read_reason("reason", form.get("reason", ""))
    if verb is Verb.RESEND:
        return _resend(request, form, reason)
    meant, order = _meant(request, form)
    where = stage_of(request).where
    if not reason or form.get("seen") != _seen(plan_cancel(where, meant)):
        asked = "It changed meanwhile: look again." if reason else "Give a reason."
        return _planned_cancel(request, form, asked=asked)
    report = cancel_messages(where, meant, reason=reason)
    return shown(request, "cancel_done.html", report=report, order=order, by_state=by_state)


def _resend(request: Request, form: Form, reason: str) -> Response:
    where, row, number = stage_of(request).where, _row(request, form), _number(form)
    may_double = form.get("may_double") == _YES
    if not reason:
        return _planned_resend(request, row, number, asked="Give a reason.")
    done = send_again(where, row, number, may_double=may_double, reason=reason).row
    entered = f"#{done.id}" if done else ""
    return RedirectResponse(f"/orders/{order_of(row.id)}{entered}", status_code=303)


def _planned_resend(
    request: Request, row: Notification, number: int, *, asked: str = ""
) -> Response:
    """Ask; where it may come twice, for that as well. Raises `UsageError` where it is refused."""
    where = stage_of(request).where
    usual = look_at_resend(where, row, number, may_double=False)
    found = look_at_resend(where, row, number, may_double=True) if usual.refusal else usual
    if found.refusal:
        raise UsageError(found.refusal.what)
    return shown(
        request,
        "resend_plan.html",
        row=row,
        number=number,
        planned=found.row,
        twice=usual.refusal.what if usual.refusal else "",
        asked=asked,
        order=order_of(row.id),
    )


def _planned_cancel(request: Request, form: Form, *, asked: str = "") -> Response:
    meant, order = _meant(request, form)
    report = plan_cancel(stage_of(request).where, meant)
    return shown(
        request,
        "cancel_plan.html",
        report=report,
        form=form,
        seen=_seen(report),
        asked=asked,
        order=order,
        by_state=by_state,
    )


def _meant(request: Request, form: Form) -> tuple[MeantMessages, str]:
    """Return the message of an id, or what an order has; and the order's hash."""
    if form.get("id"):
        row = _row(request, form)
        return of_message(row), order_of(row.id)
    order = form.get("order", "")
    rows = stage_of(request).where.ledger().of_order(order) if order else []
    if not rows:
        raise UsageError("cancel what?")
    return of_order(rows), order


def _row(request: Request, form: Form) -> Notification:
    row = named_message(stage_of(request).where, form.get("id", ""))
    if row is None:
        raise UsageError("there is no such message")
    return row


def _number(form: Form) -> int:
    number = form.get("number", "")
    if number not in map(str, range(1, MOST_RESENDS + 1)):
        raise UsageError("which resend of it?")
    return int(number)


def _verb(form: Form) -> Verb:
    verb = form.get("verb", "")
    if verb not in {Verb.RESEND, Verb.CANCEL}:
        raise HTTPException(400)
    return Verb(verb)


def _seen(report: CancelReport) -> str:
    """Return what tells what is found now from what was shown."""
    return digest_of(*(f"{state} {number}" for state, number in report.found.items()))


ROUTES = (
    takes("/messages/plan", plan, acts=True),
    takes("/messages/act", act, acts=True),
)
