"""Judge what SNS and End User Messaging say of texts. Used by the table in `checks`."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ordercast.operations.doctor.findings import Fact, Judge, Judged, bad, look, ok
from ordercast.operations.doctor.mail_checks import NEARLY, writes_to_everybody
from ordercast.operations.doctor.readings import (
    LogGroups,
    OptedOut,
    Originations,
    Prices,
    TextLogging,
    TextSandbox,
    TextSpend,
)
from ordercast.operations.units import count, dollars
from ordercast.settings.originations import originations_of, shows_a_sender_id
from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import (
    SNS,
    named_providers,
    open_countries,
)

FIRST_LIMIT = Decimal(1)
"""US dollars a month, until AWS raises it: some hundred texts."""

EARLIEST = Decimal("0.5")
"""The share of the limit below which an alarm that it is near rings too early."""

OWN_NUMBER = frozenset({"US"})
"""Where no text arrives without a number of the account's own (SNS guide: origination numbers)."""


def of_sns(judge: Judge[Fact]) -> Judge[Fact]:
    """Return *judge* for a stage that sends texts by SNS: no other's depend on such a fact."""

    def judged(fact: Fact, stage: StageSettings) -> Iterable[Judged]:
        return judge(fact, stage) if SNS in named_providers(stage) else [ok("no text goes by SNS")]

    return judged


def sandbox(texts: TextSandbox, stage: StageSettings) -> Iterator[Judged]:
    """Judge whether SNS takes texts to numbers that are not verified."""
    if not texts.in_it:
        yield ok("production access")
        return
    found = "in the sandbox: texts go to verified numbers only"
    advice = "ask for production access: End User Messaging console, or AWS Support"
    yield bad(found, advice) if writes_to_everybody(stage) else look(found, advice)


def spend(texts: TextSpend, stage: StageSettings) -> Iterator[Judged]:
    """Compare what the month's texts by SNS cost with the most that they may."""
    yield from _spend(texts, stage, by="MonthlySpendLimit")


def voice_spend(texts: TextSpend, stage: StageSettings) -> Iterator[Judged]:
    """Compare what the month's texts by End User Messaging cost with the most that they may."""
    yield from _spend(texts, stage, by="the text message spend limit override")


def _spend(texts: TextSpend, stage: StageSettings, *, by: str) -> Iterator[Judged]:
    spent = texts.spent or Decimal()
    found = f"{dollars(spent)} of {dollars(texts.limit)} US dollars this month"
    raise_it = f"ask for a higher spend quota in AWS Support, then set {by} (docs/doctor.md)"
    never_raised = texts.limit <= FIRST_LIMIT
    if spent >= texts.limit or (never_raised and writes_to_everybody(stage)):
        yield bad(found, raise_it)
    elif never_raised or spent >= NEARLY * texts.limit:
        yield look(found, raise_it)
    else:
        yield ok(found)


def spend_alarm(texts: TextSpend, stage: StageSettings) -> Iterator[Judged]:
    """Compare where the stage's alarm rings with the limit: once that is raised, it rings for the rest of the month."""
    yield from _rings(texts, stage.alarms.sms_spend, "sms_spend")


def voice_spend_alarm(texts: TextSpend, stage: StageSettings) -> Iterator[Judged]:
    """Compare where the stage's alarm on End User Messaging rings with its limit."""
    rings = stage.alarms.end_user_messaging_spend
    yield from _rings(texts, rings, "end_user_messaging_spend")


def _rings(texts: TextSpend, rings: Decimal, field: str) -> Iterator[Judged]:
    found = f"rings at {dollars(rings)} of {dollars(texts.limit)} US dollars"
    if EARLIEST * texts.limit <= rings < texts.limit:
        yield ok(found)
    else:
        wanted = dollars(NEARLY * texts.limit)
        yield look(found, f"set alarms.{field} of the stage to {wanted}, and deploy")


def logging(texts: TextLogging, _: StageSettings) -> Iterator[Judged]:
    """Judge whether SNS says what became of each text."""
    if texts.on and texts.sampling == 100:  # noqa: PLR2004 - all of them
        yield ok("of every text")
    else:
        found = f"of {texts.sampling} % of the delivered texts" if texts.on else "off"
        yield bad(found, "make deploy-account: without it there are no receipts of texts")


def prices(known: Prices, stage: StageSettings) -> Iterator[Judged]:
    """Judge whether each open country has a price, or a ceiling of its own: else nothing is sent there."""
    missing = [c for c, own in open_countries(stage.countries).items() if not own]
    missing = sorted(set(missing) - known.countries)
    for country in missing:
        advice = f'name its ceiling in countries, as "{country} 0.09" (docs/prices.md)'
        yield bad("no price, and no ceiling of the stage", advice, of=country)
    if not missing:
        yield ok("of every open country")


def originations(known: Originations, stage: StageSettings) -> Iterator[Judged]:
    """Judge each open country by what its texts are to leave from, else by what the account has for it."""
    for country in sorted(open_countries(stage.countries)):
        ids = known.sender_ids.get(country, frozenset())
        if named := originations_of(stage.originations, country):
            yield from (_named(each, country, ids | known.names) for each in named)
        elif country in known.numbers:
            yield ok("a number", of=country)
        elif ids and stage.sender_id in {"", *ids}:
            yield ok("a sender id", of=country)
        elif country in OWN_NUMBER:
            advice = "request a number (toll-free or 10DLC) in End User Messaging"
            yield bad("no number, and none arrives without", advice, of=country)
        else:
            advice = (
                "AWS chooses a shared one where there is any: send a text there, or request one"
            )
            yield look("no number or sender id of the account's own", advice, of=country)


def _named(name: str, country: str, known: frozenset[str]) -> Judged:
    """Judge an origination that the stage names for a country."""
    if name in known:
        return ok(f"{name}, which is active", of=country)
    if shows_a_sender_id(name):
        advice = "request it in End User Messaging, where the country asks for that"
        return look(f"the account has no sender id {name} for it", advice, of=country)
    advice = f"correct originations.{name}, or request it in End User Messaging, in this Region"
    return bad(f"the account has no active number or pool {name}", advice, of=country)


def opted_out(_: OptedOut, __: StageSettings) -> Iterator[Judged]:
    """Say that the list can be asked: a number that is on it gets nothing, and SNS takes its texts."""
    yield ok("can be asked")


def log_groups(groups: LogGroups, _: StageSettings) -> Iterator[Judged]:
    """Judge whether the groups of SNS's delivery logs are there and are the account stack's."""
    for each in groups:
        if not each.there:
            yield bad("missing", "make deploy-account", of=each.name)
        elif not each.forwarded:
            yield bad("nobody reads it: there are no receipts", "make deploy-account", of=each.name)
        elif not each.expires:
            advice = "SNS made it: cdk import Ordercast-Account, then make deploy-account"
            yield look("kept in the clear and for ever", advice, of=each.name)
        else:
            yield ok("read, and expires", of=each.name)


def other_filters(groups: LogGroups, _: StageSettings) -> Iterator[Judged]:
    """Judge what else reads the logs: a group takes two filters in all."""
    for each in groups:
        if each.other_filters:
            found = (
                f"{count(len(each.other_filters), 'other filter')}: {', '.join(each.other_filters)}"
            )
            advice = "aws logs delete-subscription-filter, if it is left from a stage that is gone"
            yield look(found, advice, of=each.name)
