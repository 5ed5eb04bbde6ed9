"""A branded shop's messages leave with its names, from its own addresses, once a stage says so."""

import shutil
from collections.abc import Iterator

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import SentMessage, read_inbox
from ordercast.cli.local.clouds import local_target
from tests.cloud.another_stage import checkout_with, deployed_apart
from tests.cloud.conftest import restored_environment
from tests.cloud.orders import put
from tests.eventually import eventually
from tests.pages import ROOT

SWEDISH = "+46701740605"


@pytest.fixture(scope="module")
def deployed_with_brand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A checkout with the example brand, deployed to a local cloud of its own."""
    checkout = checkout_with(
        'brand_senders = "nordic"', tmp_path_factory.mktemp("branded") / "checkout"
    )
    shutil.copytree(ROOT / "examples" / "brands", checkout / "brands")
    with deployed_apart("branded", checkout) as started:
        yield started


@pytest.fixture
def branded_cloud(deployed_with_brand: LocalCloud) -> Iterator[LocalCloud]:
    """AWS clients that the test makes find that cloud, and nothing else."""
    with restored_environment():
        deployed_with_brand.adopt_environment()
        yield deployed_with_brand


def sent_about(order_id: str, cloud: LocalCloud) -> dict[str, SentMessage]:
    """Wait for the order's text and e-mail; return what the providers were given, by channel."""

    def both() -> dict[str, SentMessage]:
        sent = [each for each in read_inbox(cloud.inbox) if order_id in each.subject + each.text]
        found: dict[str, SentMessage] = {each.channel: each for each in sent}
        return found if {"sms", "email"} == set(found) else {}

    return eventually(both, within=60)


def test_a_shops_messages_are_from_its_own_addresses_and_others_from_the_stages(
    branded_cloud: LocalCloud,
) -> None:
    """Its status, its words in the reader's language, and its colours with them."""
    common = {"channel": "both", "country": "SE"}
    shops = [
        {"order_id": f"o-{shop}", "shop": shop, "status": status, **common}
        for shop, status in (("nordic-outlet", "packed"), ("acme", "shipped"))
    ]
    for each in shops:
        email = f"{each['order_id']}@example.com"
        put(
            local_target(branded_cloud),
            each | {"contact": {"email": email, "phone": SWEDISH, "locale": "sv-SE"}},
        )

    own = sent_about("o-nordic-outlet", branded_cloud)
    assert "Nordic Outfitters <orders@nordic.example.com>" == own["email"].sender
    assert "Beställning o-nordic-outlet är packad" == own["email"].subject
    assert "#14532d" in own["email"].html
    assert "NORDIC" == own["sms"].sender
    assert own["sms"].text.startswith(
        "Nordic Outfitters: Din beställning o-nordic-outlet är packad"
    )

    other = sent_about("o-acme", branded_cloud)
    assert "orders@local.example.com" == other["email"].sender
    assert "NORDIC" != other["sms"].sender
