"""Judge what became of every message of a chaos run: by the inbox, the ledger and what was thrown. Used by `rest` and `report`.

The inbox of the simulated providers is the witness: the ledger's word alone proves nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from local_cloud.chaos.flow import ChaosOrder, Wanted
from local_cloud.chaos.thrower import PROCESS_KINDS
from local_cloud.inbox import SentMessage
from local_cloud.provider_simulator.faults.fault import FaultKind
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.in_doubt import LAPSED

WAITING = frozenset({State.REQUESTED, State.SENDING, State.DEFERRED})
"""Something of ours is still to happen."""

DOUBTFUL: Mapping[str, frozenset[str]] = {
    "ConnectionClosedError": frozenset(
        {FaultKind.CLOSED, FaultKind.LOST_ANSWERS, FaultKind.HANGING, FaultKind.DOWN}
    ),
    "ReadTimeoutError": frozenset({FaultKind.HANGING, FaultKind.SLOW, *PROCESS_KINDS}),
    **dict.fromkeys(
        ("InternalError", "InternalServiceErrorException", "InternalServerException"),
        frozenset({FaultKind.ERRORS}),
    ),
    LAPSED: frozenset({*PROCESS_KINDS, "dynamodb", "lambda", "sqs"}),
}
"""The faults that can leave a message in doubt, by the rule that the ledger has for it."""

_ORDER = re.compile(r"chaos-\d{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of the messages that were wanted; each field names those of one kind.

    `resent` are e-mails in doubt that were sent a second time, as documented; `given_up` are those that
    were not.  `taken` are texts in
    doubt that a provider has taken; `named` are those of them whose receipt names them.
    """

    wanted: int
    arrived: int
    lost: Sequence[Wanted] = ()
    doubled: Sequence[Wanted] = ()
    resent: Sequence[Wanted] = ()
    given_up: Sequence[Wanted] = ()
    waiting: Sequence[Wanted] = ()
    suppressed: Mapping[str, int] = field(default_factory=dict)
    parked: Sequence[Wanted] = ()
    in_doubt: Mapping[str, int] = field(default_factory=dict)
    unexplained: Sequence[Wanted] = ()
    taken: Sequence[Wanted] = ()
    named: Sequence[Wanted] = ()

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing of ours is still to happen."""
        return not self.waiting

    @property
    def broken(self) -> dict[str, int]:
        """The promises that were broken, and how often."""
        found = {
            "lost": len(self.lost),
            "doubled outside the documented resend": len(self.doubled),
            "in doubt and unexplained": len(self.unexplained),
            "in doubt though a receipt names it": len(self.named),
            "e-mails in doubt that were not sent again": len(self.given_up),
            "still waiting": len(self.waiting),
            "suppressed": sum(self.suppressed.values()),
            "parked": len(self.parked),
        }
        return {name: count for name, count in found.items() if count}


def judge(
    orders: Iterable[ChaosOrder],
    rows: Mapping[Wanted, Notification],
    messages: Iterable[SentMessage],
    thrown: Mapping[str, int],
) -> Judgement:
    """Judge the messages of *orders*; *thrown* are faults by kind, or by the service that they met."""
    sent = by_order(messages)
    wanted = [(order.id, str(channel)) for order in orders for channel in order.channels]
    state = {each: rows[each].state if each in rows else None for each in wanted}
    doubts = [each for each in wanted if state[each] is State.IN_DOUBT]
    twice = [each for each in wanted if len(sent.get(each, ())) > 1]
    resent = [each for each in twice if each in rows and _is_resent(rows[each], sent[each])]
    taken = [each for each in doubts if sent.get(each)]
    return Judgement(
        wanted=len(wanted),
        arrived=sum(each in sent for each in wanted),
        lost=[each for each in wanted if _is_lost(each, rows, sent)],
        doubled=[each for each in twice if each not in resent],
        resent=resent,
        given_up=[each for each in doubts if each[1] == Channel.EMAIL and not rows[each].resends],
        waiting=[each for each in wanted if _waits(rows.get(each))],
        suppressed=Counter(
            str(rows[each].rule) for each in wanted if state[each] is State.SUPPRESSED
        ),
        parked=[each for each in wanted if state[each] is State.PARKED],
        in_doubt=Counter(f"{each[1]}: {rows[each].rule}" for each in doubts),
        unexplained=[each for each in doubts if not _is_explained(rows[each], thrown)],
        taken=taken,
        named=[each for each in taken if _is_named(rows[each], sent[each])],
    )


def by_order(messages: Iterable[SentMessage]) -> dict[Wanted, list[SentMessage]]:
    """Group messages by their order and channel."""
    found: dict[Wanted, list[SentMessage]] = {}
    for message in messages:
        if named := _ORDER.search(f"{message.subject} {message.text}"):
            found.setdefault((named[0], message.channel), []).append(message)
    return found


def _is_lost(
    wanted: Wanted,
    rows: Mapping[Wanted, Notification],
    sent: Mapping[Wanted, Sequence[SentMessage]],
) -> bool:
    """Whether nobody sent it, and the ledger has no reason for that."""
    row = rows.get(wanted)
    known = {*WAITING, State.SUPPRESSED, State.PARKED, State.IN_DOUBT}
    return wanted not in sent and (row is None or row.state not in known)


def _waits(row: Notification | None) -> bool:
    if row is None or row.state is not State.IN_DOUBT:
        return row is None or row.state in WAITING
    # An e-mail in doubt is sent again once, unless its receipts come first.
    return row.channel is Channel.EMAIL and not row.resends and row.closed_at is None


def _is_resent(row: Notification, sent: Sequence[SentMessage]) -> bool:
    return row.channel is Channel.EMAIL and len(sent) <= 1 + row.resends


def _is_explained(row: Notification, thrown: Mapping[str, int]) -> bool:
    return any(thrown.get(kind) for kind in DOUBTFUL.get(row.rule or "", ()))


def _is_named(row: Notification, sent: Sequence[SentMessage]) -> bool:
    """Whether a receipt came that names the notification: it cannot be in doubt then."""
    names = row.route is not None and row.route.startswith("sms-voice/")
    return (names or row.channel is Channel.EMAIL) and any(each.receipts for each in sent)
