"""List what is held back: what, why, by whom, since when, and how many wait. Used by `ordercast pause` and `status`."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.text import Text

from ordercast.notifications.channels import CHANNELS
from ordercast.operations.units import count
from ordercast.pacing.holds import Hold, Scope, Why

NOTHING = "Nothing is held back."

WHYS: Mapping[Why, str] = {
    Why.PAUSED: "paused",
    Why.ACCOUNT: "the provider takes nothing from the account",
    Why.BUDGET: "the budget is used up",
    Why.VELOCITY: "more was spent than at this hour in other weeks",
    Why.BREAKER: "the provider is down",
}


def listing(holds: Iterable[Hold], waiting: Callable[[Sequence[str]], Mapping[str, int]]) -> Text:
    """Show each hold in two lines; *waiting* counts the messages behind each of some ids."""
    listed = list(holds)
    behind = waiting([each.id for each in listed])
    lines = [f"{_headline(each)}\n  {_details(each, behind[each.id])}" for each in listed]
    return Text("\n".join(lines) or NOTHING)


def words_of(scope: Scope) -> str:
    """Return what a scope covers, in words: `high-priority texts to SE of campaign spring`."""
    words = [CHANNELS[scope.channel].messages if scope.channel else "messages"]
    if scope.country and scope.channel is None:
        words = ["texts"]
    if scope.priority:
        words.insert(0, f"{scope.priority}-priority")
    for preposition, part in (
        ("to", scope.country),
        ("of campaign", scope.campaign),
        ("of shop", scope.shop),
        ("sent from", scope.region),
    ):
        words += [preposition, part] if part else []
    return " ".join(words if scope.parts else ["all", *words])


def _headline(hold: Hold) -> str:
    return f"{hold.id}  {words_of(hold.scope)}"


def _details(hold: Hold, waiting: int) -> str:
    since = f"{WHYS[hold.why]}, by {hold.by} since {hold.since:%Y-%m-%d %H:%M} UTC"
    reason = f" ({hold.reason})" if hold.reason else ""
    released = f"; let go at {hold.released_at:%H:%M}" if hold.released_at else ""
    return f"{since}{reason}{released}; {count(waiting, 'message')} waiting"
