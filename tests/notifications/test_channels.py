"""What differs between channels is in the registry."""

import ast

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from tests.pages import ROOT

NAME_CHANNELS = {
    "authoring/lint_rendered.py": "parts and prices are of texts, the look is of e-mails",
    "authoring/lint_words.py": "the words of a text are one key of a template",
    "authoring/trial_order.py": "who tries a template names the channel",
    "decisions/fallback.py": "an e-mail goes in place of a text, or a text of an e-mail",
    "events/order_event.py": "defines them",
    "events/order_event_fields.py": "the contract",
    "events/parse.py": "which channels an event asks for",
    "events/reading/values.py": "the contract, as producers write it",
    "notifications/channels.py": "the registry",
    "notifications/fallback.py": "an e-mail goes in place of a text, or a text of an e-mail",
    "notifications/providers.py": "the registry of providers, each of a channel",
    "operations/doctor/checks.py": "which channel an account's fact opens",
    "operations/doctor/read_texts.py": "only of texts: sandbox, spend limit, numbers",
    "operations/named_address.py": "what is written is an e-mail address or a phone number",
    "operations/provider_lists.py": "each provider's list is of one channel's addresses",
    "operations/suppressing.py": "for which reasons an address of each takes nothing",
    "operations/explained_routes.py": "only texts have a price of their route",
    "receipts/provider_events.py": "what each provider's events mean",
    "receipts/email_events.py": "how SES's events are read",
    "receipts/suppressions.py": "only e-mail bounces softly",
    "receipts/text_events.py": "how the events of texts are read",
    "rollups/statistics.py": "bounces and complaints are rates of e-mails",
    "sending/fallbacks.py": "only the number of a text has a country",
    "settings/stage.py": "only originations of texts have a rate of their own",
    "settings/texts.py": "which providers are of texts",
    "wiring/reconciliation.py": "only routes of texts are scored",
    "wiring/routes.py": "only routes of texts are chosen by country, origination and cost",
    "workflows/sweep/keep_reputation.py": "only SES reviews an account for bounces and complaints",
    "workflows/sweep/keep_send_quota.py": "only SES can be asked for its quota",
}
"""The modules that may name a single channel, and why."""


def channels_named(code: str) -> list[str]:
    """Return where code names a channel; the word "email" alone is also a contact's field."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(code)) if _names_a_channel(node)]


def _names_a_channel(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="Channel"), attr=attr):
            return attr in Channel.__members__
        case ast.Compare(left=left, comparators=others):
            return any(_is_value(each, *Channel) for each in (left, *others))
    return _is_value(node, Channel.SMS)


def _is_value(node: ast.AST, *values: str) -> bool:
    return isinstance(node, ast.Constant) and node.value in values


def test_only_these_modules_name_a_channel() -> None:
    package = ROOT / "ordercast"
    naming = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if channels_named(path.read_text())
    }

    assert set(NAME_CHANNELS) == naming


@pytest.mark.parametrize(
    "code",
    ["a is Channel.EMAIL", "a == 'email'", "{Channel.SMS: 1}", "Literal['sms', 'email']"],
)
def test_a_channel_s_name_is_found(code: str) -> None:
    assert channels_named(code)


def test_every_channel_is_registered() -> None:
    assert set(Channel) == set(CHANNELS)


def test_markers_tell_channels_apart() -> None:
    markers = [traits.marker for traits in CHANNELS.values()]
    assert len(markers) == len(set(markers))
