"""Judge a stage's account in its own Region, and in its second one alike. Used by `ordercast doctor` and the console.

What SES, SNS and End User Messaging allow is of an account in one Region; a message that takes the
second Region's route meets what is so there.
"""

from collections.abc import Iterable
from dataclasses import replace as replace_fields

from msgspec.structs import replace

from ordercast.gateways import clients
from ordercast.operations.doctor.checks import CHECKS
from ordercast.operations.doctor.findings import AccountFinding, findings
from ordercast.operations.doctor.reading import AccountFacts, account_facts
from ordercast.operations.doctor.readings import Source
from ordercast.operations.target import Target
from ordercast.settings.second_region import SecondRegionNames
from ordercast.settings.stage import StageSettings
from ordercast.workflows.ports import Clock

SOURCES = frozenset(
    {
        *(Source.MAIL_ACCOUNT, Source.MAIL_IDENTITIES, Source.MAIL_EVENTS, Source.MAIL_REPUTATION),
        *(Source.TEXT_SANDBOX, Source.TEXT_SPEND, Source.TEXT_LOGGING, Source.ORIGINATIONS),
        *(Source.OPTED_OUT, Source.LOG_GROUPS, Source.BOOTSTRAP),
        *(Source.VOICE_SANDBOX, Source.VOICE_SPEND, Source.VOICE_OPTED_OUT),
    }
)
"""What there is in each Region; the rest is of the account, or of the stage's own Region."""


def account_findings(
    where: Target, *, now: Clock, endpoint: str | None = None
) -> list[AccountFinding]:
    """Judge the account in the stage's Region, then in its second one, if it has one."""
    facts = account_facts(where, now=now, endpoint=endpoint).read()
    found = findings(CHECKS, facts, where.settings)
    if there := readers_in_second_region(where, now=now, endpoint=endpoint):
        also = findings(CHECKS, there.read(), there.target.settings)
        found += named_by_region(also, where.settings.second_region.region)
    return found


def readers_in_second_region(
    target: Target, *, now: Clock, endpoint: str | None = None
) -> AccountFacts | None:
    """Return the readers for the second Region, if the stage has one; a local cloud is at *endpoint*."""
    region = target.settings.second_region.region
    if not region:
        return None
    names = replace(
        target.names,
        configuration_set=SecondRegionNames(stage=target.stage).configuration_set,
        notifications_topic=in_region(target.names.notifications_topic, region),
    )
    return AccountFacts(
        target=replace_fields(target, settings=as_there(target.settings), names=names),
        now=now,
        client=lambda service: clients.account_facts(service, endpoint=endpoint, region=region),
        sources=SOURCES,
    )


def as_there(settings: StageSettings) -> StageSettings:
    """Return *settings* as they hold in the second Region: its origination, and no number of the first."""
    there = replace(settings.end_user_messaging, origination=settings.second_region.origination)
    return replace(settings, end_user_messaging=there, originations={})


def named_by_region(found: Iterable[AccountFinding], region: str) -> list[AccountFinding]:
    """Return findings that say in which Region they are so."""
    return [replace_fields(each, of=f"{each.of} in {region}".strip()) for each in found]


def in_region(arn: str, region: str) -> str:
    """Return an ARN as one of *region*."""
    head = arn.split(":")
    return ":".join([*head[:3], region, *head[4:]])
