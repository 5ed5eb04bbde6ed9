"""Say what a fact means: ok, look, bad or unknown, and what to do about it. Used by `ordercast doctor`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from ordercast.events.order_event import Channel
from ordercast.operations.doctor.readings import Source, UnreadSource
from ordercast.settings.stage import StageSettings

Fact = TypeVar("Fact")


class CheckVerdict(StrEnum):
    """What a fact means for the stage."""

    OK = "ok"
    LOOK = "look"  # it sends, but not as somebody may expect
    BAD = "bad"  # messages do not arrive, or nobody would see that they do not
    UNKNOWN = "unknown"  # the call was refused or failed


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFinding:
    """One line of the report: `found` is what was seen, `advice` what to do.

    `of` is what it is about where there are several, as domains; `channel` is the one that it
    concerns, None is both.
    """

    fact: str
    of: str = ""
    verdict: CheckVerdict
    found: str
    advice: str = ""
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict on a fact, before it is known which; the fields are those of `AccountFinding`."""

    verdict: CheckVerdict
    found: str
    advice: str = ""
    of: str = ""


Judge = Callable[[Fact, StageSettings], Iterable[Judged]]


@dataclass(frozen=True, slots=True)
class Check(Generic[Fact]):
    """One row of the table: what `fact` is called, where it is read, and how it is judged."""

    fact: str
    channel: Channel | None
    source: Source
    judge: Judge[Fact]


def ok(found: str, of: str = "") -> Judged:
    """Return that nothing is to be done."""
    return Judged(verdict=CheckVerdict.OK, found=found, of=of)


def look(found: str, advice: str, of: str = "") -> Judged:
    """Return that somebody should look."""
    return Judged(verdict=CheckVerdict.LOOK, found=found, advice=advice, of=of)


def bad(found: str, advice: str, of: str = "") -> Judged:
    """Return that it must be mended first."""
    return Judged(verdict=CheckVerdict.BAD, found=found, advice=advice, of=of)


def findings(
    checks: Sequence[Check[Any]], facts: Mapping[Source, object], settings: StageSettings
) -> list[AccountFinding]:
    """Judge every fact by the table, in its order; *facts* are by source, and what is not there was not asked."""
    return [
        each for check in checks if check.source in facts for each in _of(check, facts, settings)
    ]


def _of(
    check: Check[Any], facts: Mapping[Source, object], settings: StageSettings
) -> Iterator[AccountFinding]:
    fact = facts[check.source]
    if isinstance(fact, UnreadSource):
        judged: Iterable[Judged] = [_unread(fact)]
    else:
        judged = check.judge(fact, settings)
    for each in judged:
        yield AccountFinding(
            fact=check.fact,
            of=each.of,
            verdict=each.verdict,
            found=each.found,
            advice=each.advice,
            channel=check.channel,
        )


def _unread(fact: UnreadSource) -> Judged:
    return Judged(
        verdict=CheckVerdict.UNKNOWN,
        found=f"not read: {fact.why}",
        advice="try again; docs/doctor.md lists the permissions that it takes",
    )


def is_clean(findings: Iterable[AccountFinding], channel: Channel) -> bool:
    """Tell whether nothing keeps *channel* from being opened: nothing of it is bad, and all is known."""
    kept = {CheckVerdict.BAD, CheckVerdict.UNKNOWN}
    return not any(e.verdict in kept for e in findings if e.channel in {None, channel})
