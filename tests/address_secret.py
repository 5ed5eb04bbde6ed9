"""The one secret that tests hash addresses with. Imported by conftest.py first, and by what runs without pytest."""

from ordercast.events.address_secret import use_address_secret

TEST_SECRET = "a secret of tests: recorded hashes of addresses are made by it"  # noqa: S105 - it opens nothing


def use_test_secret() -> None:
    """Let this process hash addresses with it."""
    use_address_secret(lambda: TEST_SECRET)


# At import: modules of tests hash addresses when they are imported, before any fixture.
use_test_secret()
