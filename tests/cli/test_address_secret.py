"""No command hashes an address before it is known of which stage: its secret is read there."""

from collections.abc import Iterator

import pytest

from ordercast.cli import customers, forget, messages, suppression_changes, suppressions
from ordercast.events.address_secret import AddressSecretUnavailable, use_address_secret
from ordercast.usage_error import UsageError
from tests.address_secret import use_test_secret
from tests.examples import EMAIL

HERE = "the stage is asked for first"


@pytest.fixture
def _unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def unread() -> str:
        raise AddressSecretUnavailable

    def target(_stage: str, _cloud: str | None) -> None:
        raise UsageError(HERE)

    use_address_secret(unread)
    for module in (customers, forget, messages, suppression_changes, suppressions):
        monkeypatch.setattr(module, "target", target)
    yield
    use_test_secret()


@pytest.mark.usefixtures("_unread")
@pytest.mark.parametrize(
    "words",
    [
        ("messages", "--address", EMAIL),
        ("customers", "show", "--address", EMAIL),
        ("forget", "--address", EMAIL),
        ("suppressions", "show", EMAIL),
        ("suppressions", "add", EMAIL, "--by", "ticket 4711"),
        ("suppressions", "remove", "--address", EMAIL, "--by", "ticket 4711"),
    ],
)
def test_the_stage_is_known_before_an_address_is_hashed(run, words: tuple[str, ...]) -> None:
    status, _, err = run(*words)
    assert (1, True) == (status, HERE in err)
