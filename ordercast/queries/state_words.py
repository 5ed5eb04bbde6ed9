"""Say in words what a state means, and what a hold covers and why. Used by verdicts, commands and the console."""

from collections.abc import Mapping

from ordercast.decisions.usable_addresses import COUNTRY_CLOSED, NUMBER_KIND
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.fallback import CANCELLED
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Scope, Why
from ordercast.receipts.provider_events import OVER_PRICE
from ordercast.sending.send_rules import ALREADY_DELIVERED, FORGOTTEN
from ordercast.sending.tries import RETRY

MEANINGS: Mapping[State, str] = {
    State.DEFERRED: "it waits; the sweeper releases it when it is due, or its hold is let go",
    State.REQUESTED: "it waits for a sender; a template that fails is tried for about an hour",
    State.SENDING: "a sender has claimed it and is calling its provider",
    State.IN_DOUBT: "it is unknown whether the provider accepted it",
    State.SENT: "the provider accepted it; no receipt yet",
    State.UNCONFIRMED: "the provider accepted it; no receipt within the timeout",
    State.DELAYED: "the provider is still trying",
    State.CARRIER_ACCEPTED: "the carrier accepted it; no receipt from the handset",
    State.FAILED_FOR_NOW: "the carrier or phone could not be reached; it may still arrive",
    State.FAILED: "it will not arrive",
    State.AUTO_REPLIED: "an automatic reply came, and no delivery receipt",
    State.DELIVERED: "the handset, or the recipient's mail server, accepted it",
    State.SOFT_BOUNCED: "the provider gave up trying",
    State.BOUNCED: "there is no such address",
    State.COMPLAINED: "it arrived, and the recipient reported it as spam",
    State.SUPPRESSED: "it was decided not to send it",
    State.PARKED: "it is out of attempts or hit a bug; see: ordercast parked list",
}

# Where the rule says more than the state.
_BY_RULE: Mapping[str, str] = {
    COUNTRY_CLOSED: "this stage sends no texts to its country; see: ordercast prices",
    NUMBER_KIND: "no text goes to this kind of number",
    ALREADY_DELIVERED: "what it would have replaced was delivered after all",
    FORGOTTEN: "an operator was asked to forget its person",
    CANCELLED: "an operator cancelled it before it was sent; see: ordercast audit --verb cancel",
    RETRY: "its phone or carrier could not be reached; it is tried again when it is due",
    OVER_PRICE: "it would have cost more than its ceiling; see: ordercast prices check",
}


def meaning_of_row(row: Notification) -> str:
    """Return what its state, or its rule where that says more, means."""
    return _BY_RULE.get(row.rule or "", MEANINGS[row.state])


WHYS: Mapping[Why, str] = {
    Why.PAUSED: "paused",
    Why.ACCOUNT: "the provider takes nothing from the account",
    Why.BUDGET: "the budget is used up",
    Why.VELOCITY: "more was spent than at this hour in other weeks",
    Why.BREAKER: "the provider is down",
    Why.REPUTATION: "too many e-mails bounce or are called spam",
    Why.UNOPENED: "not opened yet, `ordercast doctor` says what is missing",
    Why.RESTORED: "the ledger was restored, and it may have been sent before",
}


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
        ("by", scope.route),
        ("effective by", scope.before),
    ):
        words += [preposition, part] if part else []
    return " ".join(words if scope.parts else ["all", *words])
