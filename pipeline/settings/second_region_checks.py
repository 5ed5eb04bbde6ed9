"""Refuse a second Region that cannot be one. Used by pipeline/settings/checks.py."""

from collections.abc import Iterator

from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import END_USER_MESSAGING, named_providers
from pipeline.settings.function_checks import Rule


def second_region(stage: StageSettings) -> Iterator[Rule]:
    """Hold the second Region against the first, and what belongs to it against there being one."""
    second = stage.second_region
    if not second.region:
        for field in ("share", "origination", "existing_identities"):
            belongs = "belongs to a second Region: second_region.region names none"
            yield f"second_region.{field}", not getattr(second, field), belongs
        return
    own = stage.region not in {"", second.region}
    yield "region", own, "must name the stage's own Region, beside another in second_region.region"
    for field, region in (("region", stage.region), ("second_region.region", second.region)):
        # SNS delivers from an opt-in Region to queues elsewhere under another name, and to some not at all.
        enabled = not region or region in ENABLED_BY_DEFAULT
        why = "must be a Region that no account has to opt in to, for second_region"
        yield field, enabled, why
    network = "must be false with a second Region: a VPC has no way to another Region"
    yield "network.vpc", not stage.network.vpc, network
    named = END_USER_MESSAGING in named_providers(stage)
    why = f"belongs to texts by {END_USER_MESSAGING}, which no setting names"
    yield "second_region.origination", named or not second.origination, why


ENABLED_BY_DEFAULT = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
        *("ap-southeast-1", "ap-southeast-2"),
    }
)
"""The Regions from before 2019-03-20; an account opts in to every later one (AWS General Reference)."""
