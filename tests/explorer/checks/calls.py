"""Check that nobody is called for twice or without leave, and that only an open call is in doubt. Used by the checks of promises."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import dropwhile, pairwise

from ordercast.events.order_event import Channel
from ordercast.pacing.bucket import WAVE
from tests.explorer.checks.rows import all_rows, named
from tests.explorer.deployed.fitting import SWEEP_POLICY
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.journal import ProviderCall, Report


def allowed_calls(stage: Stage) -> Iterator[str]:
    """P3: one call a claim, and one message a notification; a second call only by leave."""
    calls = stage.journal.calls
    for (_, owner), times in Counter((c.row.id, c.owner) for c in calls).items():
        if times > 1:
            yield f"P3: {times} calls under one claim ({owner})"
    for each in {call.row.id: call.row for call in calls}.values():
        made = stage.journal.calls_of(each.id)
        happened = sum(call.happened and not call.given_up for call in made)
        if happened > 1:
            yield f"P3: {named(each)} went out {happened} times"
        for first, second in pairwise(made):
            if not _may_follow(first, second):
                yield f"P3: {named(each)} was called for again, though the first may have happened"
        if sum(_is_open(call) for call in made) > _AT_MOST_IN_DOUBT[each.channel]:
            yield f"P3: {named(each)} was sent into doubt too often"


def one_route_in_doubt(stage: Stage) -> Iterator[str]:
    """P3: what may have been taken is called for on no second route, until a receipt says it was not sent."""
    for each in {call.row.id: call.row for call in stage.journal.calls}.values():
        made = stage.journal.calls_of(each.id)
        open_ = dropwhile(
            lambda call: call.reported is not Report.UNKNOWN or not _is_open(call), made
        )
        if len({call.row.route for call in open_}) > 1:
            yield f"P3: {named(each)} was called for on a second route while in doubt"


def true_doubts(stage: Stage) -> Iterator[str]:
    """P3: in doubt is what nobody can know: an open call, or a claim whose holder was ended."""
    rows = all_rows(stage)
    begun = {(call.row.id, call.owner) for call in stage.journal.calls}
    crashed = stage.journal.crashed_owners()
    for each, owner in stage.journal.unknown | stage.journal.lapsed:
        if (each, owner) not in begun and owner not in crashed:
            yield f"P3: {named(rows[each])} is in doubt, and nobody had begun to call for it"
    waves = Counter(owner for _, owner in stage.journal.lapsed if owner in crashed)
    for invocation in stage.journal.invocations:
        left = [waves[owner] for owner in invocation.owners if invocation.crashed]
        if sum(left) > WAVE or sum(map(bool, left)) > 1:
            yield f"P3: a crash left more than one wave in doubt: {left}"


def _is_open(call: ProviderCall) -> bool:
    """Tell whether a call may have brought somebody a message."""
    return call.reported is not Report.CERTAINLY_NOT and not (call.not_sent or call.given_up)


def _may_follow(first: ProviderCall, second: ProviderCall) -> bool:
    """Tell whether a second call was allowed: the first was not taken or not sent, or by the resend policy."""
    if first.reported is Report.CERTAINLY_NOT or first.not_sent:
        return True
    if first.given_up:
        known = sum(each.number is not None for each in second.row.messages.values())
        return known > 0 and second.at - first.at >= TRIES_AFTER
    wait = SWEEP_POLICY.resend_email_after or timedelta.max
    recorded = second.row.resends == 1 and first.row.resends == 0
    waited = second.at - first.at >= wait
    return first.row.channel is Channel.EMAIL and recorded and waited and not first.has_receipt


TRIES_AFTER = timedelta(minutes=20)
"""How long after a failure a text is tried again, by the policy of the sweeper here."""

_AT_MOST_IN_DOUBT = {Channel.SMS: 1, Channel.EMAIL: 2}
