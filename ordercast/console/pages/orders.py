"""Show an order: each notification's steps, cost, and how it looked. Used by the console."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ordercast.audit import Verb
from ordercast.cli.output.timeline import TimelineEntry, steps
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, shows, takes
from ordercast.console.stage import ConsoleStage
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import notification_id_for
from ordercast.notifications.notification import Notification
from ordercast.operations.acts import audited
from ordercast.queries.state_words import meaning_of_row
from ordercast.queries.verdicts import verdict
from ordercast.sending.cancelling import may_be_cancelled
from ordercast.sending.resending import number_of_resend, resend_ids
from ordercast.templates.rendering_again import rendered_again
from ordercast.templates.words import TemplateFailed, Words

FRAME = "; ".join(
    (
        *("default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"),
        *("sandbox", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"),
    )
)
"""The policy of an e-mail: it shows itself, runs nothing, asks nobody and leads nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNotification:
    """A notification as the page shows it; `words` are None where they are not kept.

    `number` says which resend it is, `resent_as` are the ids of its own.
    """

    row: Notification
    verdict: str
    meaning: str
    steps: list[TimelineEntry]
    words: Words | None
    number: int | None
    resent_as: list[str]
    can_be_cancelled: bool


def order(request: Request) -> Response:
    """Show the order of that hash: its events, and what became of each notification."""
    stage, partition = stage_of(request), request.path_params["order"]
    ledger = stage.where.ledger()
    decisions, rows = ledger.decisions_of(partition), ledger.of_order(partition)
    if not (decisions or rows):
        raise HTTPException(404)
    messages = {message_id for row in rows for message_id in row.messages}
    logs = stage.where.receipt_logs().find(messages) if messages else {}
    by_id = {
        notification_id_for(each.order, each.event, channel): each
        for each in decisions
        for channel in each.verdicts
    }
    kept = _kept(stage, rows)
    holds = ledger.look_up(LookupKeys(holds=True)).holds
    shown_rows = [
        ShownNotification(
            row=row,
            verdict=verdict(row, holds, now=stage.now()),
            meaning=meaning_of_row(row),
            steps=steps(row, by_id.get(row.id), logs),
            words=_words(row, kept),
            number=number_of_resend(row),
            resent_as=list(resend_ids(row.id).values())[: row.last_resend],
            can_be_cancelled=may_be_cancelled(row),
        )
        for row in rows
    ]
    name = rows[0].order.order_id if rows else None
    shop = rows[0].order.shop if rows else None
    return shown(
        request,
        "order.html",
        name=name,
        shop=shop,
        order=partition,
        decisions=decisions,
        notifications=shown_rows,
    )


def email(request: Request) -> Response:
    """Return an e-mail as it was sent, for the sandboxed frame only."""
    stage, id_ = stage_of(request), request.path_params["notification"]
    row = _row(stage, id_)
    words = _words(row, _kept(stage, [row]))
    if words is None or words.html is None:
        raise HTTPException(404)
    headers = {"Content-Security-Policy": FRAME, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(words.html, headers=headers)


def address(request: Request, form: Form) -> Response:
    """Show whom a notification went to, and keep in the audit trail that it was shown."""
    stage = stage_of(request)
    row = _row(stage, form.get("id", ""))
    with audited(stage.where, Verb.SHOW, row.id) as doing:
        doing.outcome = "its address was shown"
    return shown(request, "part/address.html", address=row.recipient or "none")


def _row(stage: ConsoleStage, id_: str) -> Notification:
    for row in stage.where.ledger().of_order(id_[: len(id_) // 2]):
        if row.id == id_:
            return row
    raise HTTPException(404)


def _kept(stage: ConsoleStage, rows: list[Notification]) -> Mapping[str, bytes]:
    versions = {row.template_version for row in rows if row.template_version}
    return stage.where.template_versions().find(versions) if versions else {}


def _words(row: Notification, kept: Mapping[str, bytes]) -> Words | None:
    # With its person its words are gone: rendered again they would be others.
    sources = None if row.forgotten else kept.get(row.template_version or "")
    try:
        return rendered_again(row, sources).words if sources else None
    except TemplateFailed:
        return None


ROUTES = (
    shows("/orders/{order}", order),
    shows("/emails/{notification}", email),
    takes("/address", address),
)
