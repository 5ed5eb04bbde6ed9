"""Read the secret of a stage's address hashes from Secrets Manager. Used by functions' wiring and by commands."""

from typing import Any

from ordercast.events.address_secret import AddressSecretUnavailable
from ordercast.gateways.unavailable import raised_as


def stored_secret(client: Any, arn: str) -> str:  # noqa: ANN401 - a client without stubs
    """Return the secret with this ARN. Raises `AddressSecretUnavailable`, which does not quote it."""
    with raised_as(AddressSecretUnavailable, "the stage's secret of address hashes"):
        written: str = client.get_secret_value(SecretId=arn).get("SecretString", "")
    return written
