"""A stage may send from the domains of its shops, and from those addresses alone."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.settings.brands import brand_senders, own_senders
from ordercast.settings.stage import StageSettings
from ordercast.templates import brands
from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StageSettings:
    """Two shops with addresses of their own, one below the stage's domain, and one without."""
    senders = {
        "nordic": 'email_from = "orders@nordic.example.net"',
        "acme": 'email_from = "hello@acme.example.org"',
        "below": 'email_from = "orders@below.dev.example.com"',
        "none": "",
    }
    for name, sender in senders.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "brand.toml").write_text(f'name = "{name}"\n{sender}')
    monkeypatch.setattr(brands, "FOLDER", tmp_path)
    return replace(read_stage("dev"), brand_senders="nordic, below, acme pending")


def synthesised(stage: StageSettings) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the identities that are made, and what the sender may do with them."""
    from aws_cdk import App, Stack, assertions  # noqa: PLC0415  (importing it starts Node)
    from aws_cdk import aws_kms as kms  # noqa: PLC0415

    from pipeline.constructs.messaging.mail import Mail  # noqa: PLC0415
    from pipeline.constructs.messaging.mail_identities import MailIdentities  # noqa: PLC0415

    stack = Stack(App(), "Pipeline")
    MailIdentities(stack, "Identities", stage=stage, existing=stage.existing_identities)
    mail = Mail(stack, "Mail", key=kms.Key(stack, "Key"), tls="require")
    allowed: dict[str, Any] = {}

    class Sender:
        def allow(self, action: str, *, on: list[str], when: dict[str, Any]) -> None:
            allowed.update(action=action, on=on, when=when)

    own = own_senders(stage.brand_senders).values()
    mail.let_send(Sender(), senders=[stage.email_from, *own])  # type: ignore[arg-type]  # allow alone
    made = assertions.Template.from_stack(stack).find_resources("AWS::SES::EmailIdentity")
    return [dict(each) for each in made.values()], allowed


def domains_of(identities: list[dict[str, Any]]) -> list[str]:
    return [each["Properties"]["EmailIdentity"] for each in identities]


def test_each_domain_is_an_identity_and_only_named_addresses_may_send(stage) -> None:
    """A domain below the stage's is verified with it; one that is pending sends nothing yet."""
    identities, allowed = synthesised(stage)
    domains = domains_of(identities)
    assert ["acme.example.org", "dev.example.com", "nordic.example.net"] == sorted(domains)
    addresses = allowed["when"]["StringEquals"]["ses:FromAddress"]
    assert [
        "orders@dev.example.com",
        "orders@nordic.example.net",
        "orders@below.dev.example.com",
    ] == addresses
    assert "ses:SendEmail" == allowed["action"]
    assert 2 == len(allowed["on"])  # identities, and the configuration set


def test_in_the_sandbox_a_recipient_s_own_identity_is_no_obstacle(stage) -> None:
    """There SES asks for the recipient's identity too; the sender's address still limits it."""
    _, allowed = synthesised(stage)
    identities, _ = allowed["on"]
    assert identities.endswith(":identity/*")
    assert allowed["when"]["StringEquals"]["ses:FromAddress"]


def test_bounces_are_not_mailed_to_a_mailbox_that_the_data_map_does_not_know(stage) -> None:
    """They come as events on the topic; SES would forward them with recipients' addresses."""
    identities, _ = synthesised(stage)
    assert identities
    for identity in identities:
        feedback = identity["Properties"]["FeedbackAttributes"]
        assert {"EmailForwardingEnabled": False} == feedback


def test_an_identity_outlives_its_stage_and_depends_on_nothing_that_does_not(stage) -> None:
    """A new one of the same domain has other DKIM records; its configuration set would be gone."""
    identities, _ = synthesised(replace(stage, removal="retain"))
    assert {"RetainExceptOnCreate"} == {each["DeletionPolicy"] for each in identities}
    for identity in identities:
        assert "ConfigurationSetAttributes" not in identity["Properties"]


def test_an_identity_that_exists_already_is_used_and_not_made(stage) -> None:
    """CloudFormation would end with AlreadyExists."""
    there = "acme.example.org, dev.example.com"
    identities, allowed = synthesised(replace(stage, existing_identities=there))
    assert ["nordic.example.net"] == domains_of(identities)
    assert "orders@dev.example.com" in allowed["when"]["StringEquals"]["ses:FromAddress"]


def test_a_stage_without_such_brands_has_its_own_domain_alone(stage) -> None:
    identities, allowed = synthesised(replace(stage, brand_senders=""))
    assert ["dev.example.com"] == domains_of(identities)
    assert ["orders@dev.example.com"] == allowed["when"]["StringEquals"]["ses:FromAddress"]


def test_names_are_separated_by_commas() -> None:
    found = brand_senders(" nordic ,acme pending, ")
    assert (("nordic",), ("acme",)) == (found.used, found.pending)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("none", "needs email_from in brands/none/brand.toml"),
        ("unknown pending", "needs email_from in brands/unknown/brand.toml"),
        ("acme soon", 'must name brands, such as "nordic, acme pending": acme soon is none'),
    ],
)
def test_a_brand_that_cannot_send_is_refused(stage, written: str, why: str) -> None:
    assert [("brand_senders", why)] == list(contradictions(replace(stage, brand_senders=written)))
