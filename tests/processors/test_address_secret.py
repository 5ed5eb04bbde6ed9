"""A function that cannot read the stage's secret begins no batch."""

from types import ModuleType, SimpleNamespace

import pytest

from ordercast.events.address_secret import AddressSecretUnavailable
from ordercast.events.order_event import Channel
from ordercast.settings import processors as settings
from ordercast.wiring import address_secret
from processors import order_relay, receipt_tracker, sender, sweeper

WIRED = {
    order_relay: lambda _: order_relay._wired.__wrapped__(),  # noqa: SLF001 - without its cache
    sweeper: lambda _: sweeper._wired.__wrapped__(),  # noqa: SLF001 - as above
    receipt_tracker: lambda _: receipt_tracker._wired.__wrapped__(),  # noqa: SLF001 - as above
    sender: lambda its: sender.wire(its, Channel.SMS),
}


@pytest.mark.parametrize("module", WIRED, ids=lambda each: each.__name__)
def test_a_function_without_its_secret_begins_nothing(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> None:
    """Else it would park each record as a bug, or hash plainly."""

    def refused(_client: object, arn: str) -> str:
        message = f"ClientError on {arn}"
        raise AddressSecretUnavailable(message)

    its = SimpleNamespace(address_secret="the stage's")  # noqa: S106 - a name
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(address_secret, "stored_secret", refused)
    for kind in ("OrderRelaySettings", "ReceiptTrackerSettings", "SweeperSettings"):
        monkeypatch.setattr(getattr(settings, kind), "from_env", lambda _: its)
    if hasattr(module, "_settings"):
        monkeypatch.setattr(module, "_settings", lambda: its)

    with pytest.raises(AddressSecretUnavailable, match="on the stage's"):
        WIRED[module](its)
