"""Read the stage's secret when a function starts. Used by every function that hashes addresses."""

from ordercast.events.address_secret import use_address_secret
from ordercast.gateways import clients
from ordercast.gateways.address_secret import stored_secret


def read_address_secret(arn: str) -> None:
    """Let this process hash addresses by the secret with that ARN, read now.

    Without it a function must not begin: a record would be parked where only the function is at fault.
    Raises `AddressSecretUnavailable`; the batch is redelivered then.
    """
    _ = use_address_secret(lambda: stored_secret(clients.secrets(), arn)).key
