"""The providers' own lists of the simulated account answer AWS's clients, and lose what is taken off."""

import pytest
from msgspec.structs import replace

from local_cloud.provider_simulator.simulated_account import SimulatedAccount, write_account
from ordercast.events.order_event import Channel
from ordercast.operations.provider_lists import (
    ProviderList,
    provider_lists,
    removed_from,
    said_of,
)
from ordercast.operations.target import Target
from ordercast.settings.stage_files import default_settings
from tests.examples import EMAIL, PHONE
from tests.fakes.stage_names import NAMES
from tests.local_cloud.provider_simulator.conftest import Served

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

LISTED = SimulatedAccount(opted_out=(PHONE,), sns_opted_out=(PHONE,), suppressed=(EMAIL,))


def lists_of(provider: Served) -> list[ProviderList]:
    """Return the lists of a stage that uses every provider."""
    settings = replace(default_settings(), sms_provider_by_country="JP sms-voice")
    names = replace(NAMES, notifications_topic="arn:aws:sns:us-east-1:000000000000:topic")
    return provider_lists(Target(settings=settings, names=names), endpoint=provider.endpoint)


def test_each_list_says_whether_an_address_is_on_it(served: Served) -> None:
    lists = lists_of(served)
    assert ([], []) == ([*said_of(lists, PHONE)], [*said_of(lists, EMAIL)])
    write_account(served.folder, LISTED)

    assert (2, 1) == (len([*said_of(lists, PHONE)]), len([*said_of(lists, EMAIL)]))
    pages = [(each.channel, each.page(None, size=10)) for each in lists]
    assert [(Channel.EMAIL, EMAIL), (Channel.SMS, PHONE), (Channel.SMS, PHONE)] == [
        (channel, page.entries[0][0]) for channel, page in pages
    ]


def test_what_is_taken_off_is_on_no_list_any_more(served: Served) -> None:
    write_account(served.folder, LISTED)
    lists = lists_of(served)
    said = [*removed_from(lists, PHONE), *removed_from(lists, EMAIL)]

    assert (3, True) == (len(said), all(each.startswith("taken off") for each in said))
    assert ([], []) == ([*said_of(lists, PHONE)], [*said_of(lists, EMAIL)])


def test_a_refused_call_is_said_by_its_code_and_names_nobody(served: Served) -> None:
    write_account(served.folder, replace(LISTED, refused=("GetSuppressedDestination",)))
    (said,) = said_of(lists_of(served), EMAIL)
    assert said.startswith("SES's suppression list in ")
    assert said.endswith("could not be asked: AccessDeniedException")
