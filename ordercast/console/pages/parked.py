"""Show what is parked, by reason; redrive or drop it after a dry run. Used by the console."""

from collections.abc import Sequence
from contextlib import closing
from hashlib import blake2b

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ordercast.audit import Verb
from ordercast.cli.options import read_reason
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, shows, takes
from ordercast.events.identity import is_notification_id, order_of
from ordercast.operations.acts import audited
from ordercast.operations.parked_acts import HANDLED, all_of, handle
from ordercast.operations.parked_groups import grouped
from ordercast.operations.parked_sources import ParkedSources, SelectedItems
from ordercast.operations.redrive_outcomes import follow
from ordercast.parked.item import Kind, ParkedItem, Selection
from ordercast.parked.short_ids import is_short, short_ids
from ordercast.usage_error import UsageError

LISTED = 50
"""How many items of a group are listed."""

PAYLOAD_MAX = 100_000
"""How many bytes of a payload are shown."""


def parked(request: Request) -> Response:
    """Show the page at once; what takes seconds to read is asked for by it."""
    return shown(request, "parked.html")


def groups(request: Request) -> Response:
    """List what is parked, the largest group first; no payload is read."""
    with closing(stage_of(request).parked()) as sources:
        items = all_of(sources.find(Selection()))
    return shown(
        request,
        "part/parked.html",
        groups=grouped(items),
        number=len(items),
        order_of=_order,
        short=short_ids([each.id for each in items]),
        most=LISTED,
    )


def payload(request: Request, form: Form) -> Response:
    """Show the payload of one item, and keep in the audit trail that it was shown."""
    stage = stage_of(request)
    with closing(stage.parked()) as sources:
        meant = _meant(sources, {"id": form.get("id", "")})
        found = [(one.source, each) for one in meant for each in one.items]
        if len(found) != 1:
            raise UsageError("it is not parked any more")
        ((source, item),) = found
        with audited(stage.where, Verb.SHOW, item.id) as doing:
            content = source.payload(item)
            doing.outcome = "its payload was shown"
    text = content[:PAYLOAD_MAX].decode(errors="replace")
    return shown(request, "part/payload.html", text=text, cut=len(content) > PAYLOAD_MAX)


def plan(request: Request, form: Form) -> Response:
    """Say what would be redriven or dropped, and ask for a reason."""
    verb = _verb(form)
    with closing(stage_of(request).parked()) as sources:
        items = all_of(_meant(sources, form))
    return _planned(request, form, verb, items)


def act(request: Request, form: Form) -> Response:
    """Do what was planned, if it is still the same items."""
    verb, stage = _verb(form), stage_of(request)
    reason = read_reason("reason", form.get("reason", ""))
    with closing(stage.parked()) as sources:
        found = _meant(sources, form)
        items = all_of(found)
        if form.get("seen") != digest_of(*(each.id for each in items)) or not reason:
            asked = "Give a reason." if not reason else "It changed meanwhile: look again."
            return _planned(request, form, verb, items, asked=asked)
        following = _following(request, sources, found) if verb is Verb.REDRIVE else None
        done = handle(stage.where, found, verb, reason=reason)
        deferred = sources.paced.deferred
    return shown(
        request,
        "parked_done.html",
        word=HANDLED[verb],
        done=done,
        number=len(items),
        deferred=deferred,
        following=following,
        most=LISTED,
    )


def _following(request: Request, sources: ParkedSources, found: Sequence[SelectedItems]) -> str:
    """Follow what is about to be redriven, or the first that a page has room for; return by which name."""
    stage, redrives = stage_of(request), request.app.state.redrives
    following = follow(
        [SelectedItems(source=each.source, items=each.items[:LISTED]) for each in found],
        stage.where.settings,
        look_up=stage.where.ledger().look_up,
        parked_between=sources.parked_between,
        now=stage.now(),
    )
    name: str = redrives.keep(following)
    return name


def outcomes(request: Request) -> Response:
    """Say what came of what was redriven, so far."""
    name, redrives = request.path_params["name"], request.app.state.redrives
    found = redrives.look(name, stage_of(request).now())
    if found is None:
        raise HTTPException(404)
    said, again = found
    return shown(
        request,
        "part/outcomes.html",
        name=name,
        outcomes=said,
        again=again,
        short=short_ids([each.item.id for each in said]),
        most=LISTED,
    )


def _planned(
    request: Request, form: Form, verb: Verb, items: Sequence[ParkedItem], *, asked: str = ""
) -> Response:
    return shown(
        request,
        "parked_plan.html",
        verb=verb,
        items=items[:LISTED],
        number=len(items),
        seen=digest_of(*(each.id for each in items)),
        form=form,
        asked=asked if items else "",
    )


def _verb(form: Form) -> Verb:
    verb = form.get("verb", "")
    if verb not in set(HANDLED):
        raise HTTPException(400)
    return Verb(verb)


def _meant(sources: ParkedSources, form: Form) -> list[SelectedItems]:
    """Return the item of an id, or those of one kind and reason; never everything."""
    id_, kind, reason = form.get("id", ""), form.get("kind", ""), form.get("reason_of", "")
    if not id_ and kind not in set(Kind):
        raise UsageError("which of them?")
    chosen = Selection(ids=[id_]) if id_ else Selection(kinds=[Kind(kind)])
    found = sources.find(chosen)
    if id_:
        one_item = is_short(id_) or id_ in {each.id for each in all_of(found)}
        return found if one_item else []
    return [
        SelectedItems(source=one.source, items=[e for e in one.items if e.reason == reason])
        for one in found
    ]


def digest_of(*ids: str) -> str:
    """Return what tells this set of items from another."""
    return blake2b("\n".join(sorted(ids)).encode(), digest_size=12).hexdigest()


def _order(item: ParkedItem) -> str | None:
    """Return the order that a notification is of."""
    return order_of(item.id) if is_notification_id(item.id) else None


ROUTES = (
    shows("/parked", parked),
    shows("/parked/groups", groups),
    shows("/parked/outcomes/{name}", outcomes),
    takes("/parked/payload", payload),
    takes("/parked/plan", plan, acts=True),
    takes("/parked/act", act, acts=True),
)
