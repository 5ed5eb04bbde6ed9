"""Compare the figures with the goals. Used by `make bench`."""

from dataclasses import dataclass

from benchmarks.findings import CountedAll, TimedAll
from benchmarks.release import GOAL, GROUPS, MORNING, Release
from benchmarks.rollups import RollupsWorkload
from ordercast.operations.forecast.month import Month
from ordercast.operations.forecast.usage import write_units
from ordercast.settings.stage import StageSettings

TIMES = " ×"  # noqa: RUF001 - a multiplication sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure to hold at or under a limit, or *over* it, as it is printed with so many digits."""

    what: str
    limit: float
    figure: float
    over: bool = False
    unit: str = ""
    digits: int = 2

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        shown = round(self.figure, self.digits)
        return shown >= self.limit if self.over else shown <= self.limit

    @property
    def limit_text(self) -> str:
        """The limit as text."""
        return f"{'≥' if self.over else '≤'} {self.limit:g}{self.unit}"

    @property
    def measured(self) -> str:
        """The figure as text."""
        return f"{self.figure:.{self.digits}f}{self.unit}"


def goals(counted: CountedAll, timed: TimedAll) -> list[Goal]:
    """Return every goal, those that depend on the machine last."""
    return [*_counts(counted), *_ratios(counted, timed)]


def of_the_rollups(rollups: RollupsWorkload) -> list[Goal]:
    """Return the goals for counted figures."""
    plain = "TypeDeserializer and Powertools Metrics a record"
    return [
        Goal(
            what="calls to count 1,000 changes of 400 notifications in 20 buckets",
            limit=12,
            figure=rollups.calls.total(),
            digits=0,
        ),
        _at_least(
            3,
            rollups.plain_cpu / rollups.read_cpu,
            what=f"{plain}: less CPU to read, count and tell 1,000 changes, calls apart",
        ),
        _at_least(
            3, rollups.plain_cpu / rollups.cpu, what="the same, with our calls, and none of theirs"
        ),
        _at_least(
            3,
            rollups.plain_counting_cpu / rollups.cpu,
            what="the same, with our calls, and an UpdateItem a record of theirs",
        ),
    ]


def of_the_release(release: Release) -> list[Goal]:
    """Return the goals for the end of quiet hours."""
    return [
        Goal(
            what=f"minutes to release {MORNING:,} deferred texts, {GROUPS} sweepers of 1,024 MiB",
            limit=GOAL.total_seconds() / 60,
            figure=release.takes().total_seconds() / 60,
            digits=0,
        ),
        Goal(what="calls a message released", limit=0.2, figure=release.a_message),
    ]


def of_money(stage: StageSettings, months: list[Month]) -> list[Goal]:
    """Return the goals at 100,000 messages a day."""
    (busy,) = [each for each in months if each.a_day == _BUSY]
    units = write_units(stage, a_day=busy.a_day)
    return [
        Goal(what="write units a text at 100,000 a day", limit=22, figure=units, digits=1),
        Goal(
            what="US dollars to AWS for a thousand, carrier apart, at 100,000 a day",
            limit=0.015,
            figure=float(busy.a_thousand or 0),
            digits=4,
        ),
    ]


_BUSY = 100_000


def _at_least(times: float, figure: float, *, what: str, digits: int = 1) -> Goal:
    """Return the goal of being so many times better than something else."""
    return Goal(what=what, limit=times, figure=figure, over=True, unit=TIMES, digits=digits)


def _counts(counted: CountedAll) -> list[Goal]:
    texts, contact = counted.texts, counted.texts_with_contact
    batches = (texts, contact, counted.emails, counted.both)
    a_receipt = counted.delivered.merge_receipts.total / texts.orders.messages
    calls = [
        ("calls a text, relay and sender", 1.52, texts.a_message),
        ("the same, contact in the event too", 1.52, contact.a_message),
        ("calls an e-mail besides SES's, relay and sender", 0.52, counted.emails.a_message - 1),
        (
            "calls a message besides the provider's, a text and an e-mail an order",
            0.52,
            counted.both.a_message - 1,
        ),
        ("calls that two budgets add to a text", 0, counted.of_two_budgets["sms"]),
        ("calls that two budgets add to an e-mail", 0, counted.of_two_budgets["email"]),
        ("calls a receipt, tracker", 0.25, a_receipt),
        ("calls an order in the relay", 0.30, texts.an_order_relayed),
        ("the same, contact in the event too", 0.30, contact.an_order_relayed),
    ]
    return [
        *(Goal(what=what, limit=limit, figure=figure) for what, limit, figure in calls),
        Goal(
            what="round trips of a relay batch, one after the other",
            limit=8,
            figure=max(each.relay.round_trips for each in batches),
            digits=0,
        ),
        *_write_units(counted),
    ]


def _write_units(counted: CountedAll) -> list[Goal]:
    lives = {
        "write units a text on the ledger, the handset's receipt at once": counted.delivered,
        "the same, the carrier's word alone": counted.carrier_only,
        "the same, one that waited for its sender until the sweeper's first look": counted.looked_at,
    }
    goals = [Goal(what=w, limit=10.2, figure=life.total, digits=1) for w, life in lives.items()]
    more = counted.delivered_with_budgets.total - counted.delivered.total
    what = "write units that two budgets add to a text on the ledger"
    return [*goals, Goal(what=what, limit=0.3, figure=more)]


def _ratios(counted: CountedAll, timed: TimedAll) -> list[Goal]:
    ours, plain = timed.texts, timed.plain
    return [
        _at_least(
            6,
            counted.plain.a_message / counted.texts.a_message,
            what="one call at a time: fewer calls a text",
        ),
        _at_least(
            40,
            plain.relay.wall / ours.relay.wall,
            what="one call at a time: less time a relay batch, 10 ms a call",
            digits=0,
        ),
        _at_least(
            4, plain.cpu / ours.cpu, what="one call at a time: less CPU an order, relay and sender"
        ),
        Goal(
            what="CPU an order in the relay",
            limit=450,
            figure=ours.relay.cpu / ours.orders.count * 1e6,
            unit=" µs",
            digits=0,
        ),
        Goal(
            what="an order out of an aggregate and parsed: CPU of aws-kinesis-agg, json and pydantic",
            limit=0.5,
            figure=timed.reading.ratio,
            unit=TIMES,
        ),
    ]
