"""List what the reader did wrong with a damaged aggregate. Used by the mutation tests."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType

from ordercast.decisions.inbound_event import InboundEvent, read_inbound_event
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.aggregates import record, sealed
from tests.examples import POLICY
from tests.mutations.damage import CLASSES, Damage
from tests.mutations.specimens import MARKER, Specimen, specimens

DUE_POLICY = 5.0
"""Seconds of the processor after which reading a kilobyte is called hanging, whatever else runs."""

Opened = list[StreamRecord | ParkedRecord]
Open = Callable[[StreamRecord], Opened]


class Hanging(Exception):
    """It has not come back for so long."""


def judge(name: str, number: int, *, opening: Open = open_envelope) -> str | None:
    """Damage a specimen in that way, read it, and say what is wrong with the outcome."""
    chance = Random(number)  # noqa: S311 - to find the same damage again, not to keep secrets
    specimen = chance.choice(SPECIMENS)
    damage = CLASSES[name](specimen, chance)
    try:
        opened = opening(record(sealed(damage.message)))
    except Hanging:
        return "it hangs"
    except Exception as error:  # noqa: BLE001 - whatever it is, it should not have been raised
        return f"it raises {type(error).__name__}"
    return _lost(specimen, damage, opened) or _told(opened) or _unsealed(specimen, damage, opening)


SPECIMENS = specimens()


@contextmanager
def watched(patience: float = DUE_POLICY) -> Iterator[Callable[[], None]]:
    """Raise `Hanging` once nothing has been heard for too long; what is yielded is to be called."""

    def alive() -> None:
        signal.setitimer(signal.ITIMER_PROF, patience)

    def tell(_signal: int, _frame: FrameType | None) -> None:
        raise Hanging

    before = signal.signal(signal.SIGPROF, tell)
    try:
        yield alive
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def overheard() -> Iterator[Callable[[], bytes]]:
    """Catch what anything in this process prints, be it Python or not; yields how to read it."""
    with tempfile.TemporaryFile() as file:
        kept = [os.dup(each) for each in (1, 2)]
        try:
            for each in (1, 2):
                os.dup2(file.fileno(), each)
            yield lambda: os.pread(file.fileno(), 1000, 0)
        finally:
            for each, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, each)
                os.close(copy)


def _lost(specimen: Specimen, damage: Damage, opened: Opened) -> str | None:
    """Say whether a sub-record to which nothing was done is not there, or not even kept."""
    start, end = damage.touched
    before = [part for part in specimen.parts if part.span[1] <= start]
    behind = [part for part in specimen.parts if end <= part.span[0]]
    # The tables are everybody's: with another key in them, whose a sub-record is cannot be known.
    # What was spliced in may be a sub-record, and have swallowed what stands behind it.
    sure = [] if start < specimen.tables_end else before if damage.spliced else before + behind
    events = iter([each.payload for each in opened if isinstance(each, StreamRecord)])
    if lost := [part for part in sure if part.event not in events]:
        return f"it loses {len(lost)} intact neighbours, or their order"
    kept = [_payload(each) for each in opened]
    if all(any(p.event in each or p.data in each for each in kept) for p in before + behind):
        return None
    return "it drops a sub-record without a sign"


def _payload(each: StreamRecord | ParkedRecord) -> bytes:
    return each.payload if isinstance(each, StreamRecord) else each.record.payload


def _told(opened: Opened) -> str | None:
    """Say whether anything quotes a payload, also what is said when an odd event is parsed."""
    for each in opened:
        said: InboundEvent | ParkedRecord | StreamRecord = each
        if isinstance(each, StreamRecord):
            if each.payload in INTACT:
                continue
            said = read_inbound_event(each, default_currency="USD", policy=POLICY)
        if not isinstance(said, ParkedRecord):
            continue
        if MARKER[:8] in said.detail or MARKER[:8] in said.reason or "\n" in said.detail:
            return "its detail quotes the payload"
        if said.reason.startswith("bug:"):
            return f"its event trips us: {said.reason}"
    return None


def _unsealed(specimen: Specimen, damage: Damage, opening: Open) -> str | None:
    """Say whether the same under the digest it had is taken for an aggregate."""
    if damage.message == specimen.message:
        return None
    digest = sealed(specimen.message)[-16:]
    one = record(sealed(damage.message)[:-16] + digest)
    return None if opening(one) == [one] else "with another digest it is no record as it stands"


INTACT = frozenset(part.event for specimen in SPECIMENS for part in specimen.parts)
