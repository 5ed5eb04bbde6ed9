"""Ask End User Messaging whether a number has opted out there, and take it off its list. Used by `ordercast customers`.

The list is the account's, in each Region one: what a stage refuses by itself is in the customers table.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from ordercast.gateways import clients
from ordercast.operations.target import Target
from ordercast.settings.texts import END_USER_MESSAGING, named_providers

SERVICE = "pinpoint-sms-voice-v2"

DEFAULT_LIST = "Default"
"""The list of numbers and pools that name none of their own."""


class OptOutList(Struct, frozen=True, kw_only=True):
    """The list in one Region; *client* is one of `pinpoint-sms-voice-v2`."""

    region: str
    client: Any

    def since(self, number: str) -> datetime | None:
        """Return since when a number is on it; None if it is not. Raises `ClientError`, `BotoCoreError`."""
        asked = {"OptOutListName": DEFAULT_LIST, "OptedOutNumbers": [number]}
        try:
            found = self.client.describe_opted_out_numbers(**asked)["OptedOutNumbers"]
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return next((each["OptedOutTimestamp"] for each in found), None)

    def remove(self, number: str) -> None:
        """Take a number off it, which AWS does once in 30 days. Raises `ClientError`, `BotoCoreError`."""
        self.client.delete_opted_out_number(OptOutListName=DEFAULT_LIST, OptedOutNumber=number)


def opt_out_lists(where: Target, *, endpoint: str | None) -> list[OptOutList]:
    """Return the lists of a stage's Regions; none where its texts do not go by End User Messaging.

    *endpoint* is a local cloud's.
    """
    stage = where.settings
    if END_USER_MESSAGING not in named_providers(stage):
        return []
    own, second = where.region, stage.second_region.region
    return [
        OptOutList(
            region=each, client=clients.account_facts(SERVICE, endpoint=endpoint, region=each)
        )
        for each in (own, second)
        if each
    ]


def said_of(lists: Sequence[OptOutList], number: str) -> Iterator[str]:
    """Yield a line for each list that a number is on, or that could not be asked."""
    for each in lists:
        try:
            since = each.since(number)
        except (ClientError, BotoCoreError) as error:
            yield f"{_name(each)} could not be asked: {_why(error)}"
            continue
        if since:
            yield f"on {_name(each)} since {since:%Y-%m-%d %H:%M}"


def removed_from(lists: Sequence[OptOutList], number: str) -> Iterator[str]:
    """Take a number off each list that it is on; yield a line for each, also where that was refused."""
    for each in lists:
        try:
            if each.since(number):
                each.remove(number)
                yield f"taken off {_name(each)}"
        except (ClientError, BotoCoreError) as error:
            yield f"not taken off {_name(each)}: {_why(error)}"


def _name(of: OptOutList) -> str:
    return f"the opt-out list of End User Messaging in {of.region}"


def _why(error: ClientError | BotoCoreError) -> str:
    """Return the code alone: the text may quote the number."""
    if not isinstance(error, ClientError):
        return type(error).__name__
    code = error.response.get("Error", {}).get("Code", "refused")
    once = " (a number can be taken off once in 30 days)" if code == "ConflictException" else ""
    return f"{code}{once}"
