"""Hold messages back and let them go. Used by the console, with `--allow-actions` only."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ordercast.cli.options import read_country, read_name, read_reason
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import Form, shows, takes
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel, Priority
from ordercast.operations.holding import checked, closed_channels, hold_back, let_go
from ordercast.operations.waiting import waiting_in
from ordercast.pacing.holds import Hold, Scope
from ordercast.usage_error import UsageError


def new(request: Request) -> Response:
    """Show the form."""
    return shown(request, "pause.html", channels=tuple(Channel), priorities=tuple(Priority))


def plan_pause(request: Request, form: Form) -> Response:
    """Say what would be held back, and ask."""
    stage, scope = stage_of(request), _scope(form)
    waiting = waiting_in(scope, stage.where.rollups(), now=stage.now())
    return shown(request, "pause_plan.html", scope=scope, waiting=waiting, form=form)


def pause(request: Request, form: Form) -> Response:
    """Hold it back."""
    hold_back(stage_of(request).where, _scope(form), reason=_reason(form))
    return RedirectResponse("/", status_code=303)


def plan_resume(request: Request, form: Form) -> Response:
    """Say what would be let go, and ask."""
    hold = _hold(request, form)
    # Said here, not after a reason was typed.
    closed_channels([hold], reason="asked for next")
    waiting = stage_of(request).where.ledger().waiting([hold.id])[hold.id]
    return shown(request, "resume_plan.html", hold=hold, waiting=waiting)


def resume(request: Request, form: Form) -> Response:
    """Let it go."""
    let_go(stage_of(request).where, [_hold(request, form)], reason=_reason(form))
    return RedirectResponse("/", status_code=303)


def _hold(request: Request, form: Form) -> Hold:
    holds = stage_of(request).where.ledger().look_up(LookupKeys(holds=True)).holds
    for each in holds:
        if each.is_active and each.id == form.get("hold"):
            return each
    raise UsageError("it is not held back any more")


def _scope(form: Form) -> Scope:
    channel, priority = form.get("channel", ""), form.get("priority", "")
    if channel not in {"", *Channel} or priority not in {"", *Priority}:
        raise UsageError("there is no such channel or priority")
    scope = Scope(
        channel=Channel(channel) if channel else None,
        priority=Priority(priority) if priority else None,
        country=read_country("country", form["country"]) if form.get("country") else None,
        campaign=read_name("campaign", form["campaign"]) if form.get("campaign") else None,
        shop=read_name("shop", form["shop"]) if form.get("shop") else None,
    )
    if not scope.parts:
        raise UsageError("hold back what?", hint="Choose at least one.")
    return checked(scope)


def _reason(form: Form) -> str:
    reason = read_reason("reason", form.get("reason", ""))
    if not reason:
        raise UsageError("give a reason", hint="It is kept with it, for others to read.")
    return reason


ROUTES = (
    shows("/pause", new),
    takes("/pause/plan", plan_pause, acts=True),
    takes("/pause/act", pause, acts=True),
    takes("/resume/plan", plan_resume, acts=True),
    takes("/resume/act", resume, acts=True),
)
