"""Correct the payload of a parked record: shown when asked, checked, kept after a confirmation. Used by the console."""

from contextlib import closing
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from ordercast.audit import Verb
from ordercast.cli.options import read_reason
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, takes
from ordercast.operations.acts import audited
from ordercast.operations.parked_edit import (
    CheckedPayload,
    changed_fields,
    checked,
    editable,
    for_the_editor,
    keep,
)
from ordercast.parked.item import ParkedItem, Selection
from ordercast.usage_error import UsageError

EDIT_MAX = 16_000
"""How many bytes of a payload a form holds, which may be three times as long."""


def edit(request: Request, form: Form) -> Response:
    """Show the payload in a field, and keep in the audit trail that it was shown."""
    stage, id_ = stage_of(request), form.get("id", "")
    with closing(stage.parked()) as sources:
        source, item = editable(sources.find(Selection(ids=[id_])), id_)
        content = source.payload(item)
        if len(content) > EDIT_MAX:
            hint = f"ordercast parked edit {item.id}"
            raise UsageError("it is too long to be corrected here", hint=hint)
        with audited(stage.where, Verb.SHOW, item.id) as doing:
            text = for_the_editor(content)
            doing.outcome = "its payload was shown"
    return _form(request, item, text)


def check(request: Request, form: Form) -> Response:
    """Say what the relay would make of it, beside the field; nothing is kept."""
    stage, id_ = stage_of(request), form.get("id", "")
    with closing(stage.parked()) as sources:
        _, item = editable(sources.find(Selection(ids=[id_])), id_)
    payload = _written(form)
    found = checked(payload, stage.where.settings, stage.where.ledger().look_up)
    return _form(request, item, payload.decode(), found)


def save(request: Request, form: Form) -> Response:
    """Keep what was checked, with a reason."""
    stage, id_, payload = stage_of(request), form.get("id", ""), _written(form)
    reason = read_reason("reason", form.get("reason", ""))
    with closing(stage.parked()) as sources:
        source, item = editable(sources.find(Selection(ids=[id_])), id_)
        found = checked(payload, stage.where.settings, stage.where.ledger().look_up)
        asked = ""
        if form.get("seen") != digest_of_payload(payload):
            asked = "It changed since it was checked: look again."
        elif found.problems and form.get("force") != "yes":
            asked = "It would be parked again."
        elif not reason:
            asked = "Give a reason."
        if asked:
            return _form(request, item, payload.decode(), found, asked=asked)
        changed = changed_fields(source.payload(item), payload)
        said = keep(stage.where, source, item, payload, reason=reason, now=stage.now())
    return shown(request, "parked_edited.html", item=item, said=said, changed=changed)


def _form(
    request: Request,
    item: ParkedItem,
    text: str,
    found: CheckedPayload | None = None,
    *,
    asked: str = "",
) -> Response:
    return shown(
        request,
        "parked_edit.html",
        item=item,
        text=text,
        found=found,
        seen=digest_of_payload(text.encode()),
        asked=asked,
    )


def _written(form: Form) -> bytes:
    """Return what was typed; a browser sends the end of a line as two characters."""
    return form.get("payload", "").replace("\r\n", "\n").encode()


def digest_of_payload(payload: bytes) -> str:
    """Return what tells the payload that was checked from another."""
    return blake2b(payload, digest_size=12).hexdigest()


ROUTES = (
    takes("/parked/edit", edit, acts=True),
    takes("/parked/edit/check", check, acts=True),
    takes("/parked/edit/keep", save, acts=True),
)
