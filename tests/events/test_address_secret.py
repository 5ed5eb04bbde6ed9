"""Addresses are hashed with the secret of a stage, and without one not at all."""

import pytest

from ordercast.events.address_secret import AddressSecretUnavailable, use_address_secret
from ordercast.events.identity import address_key, keyed_address
from tests.address_secret import TEST_SECRET

NUMBER = "+12065550100"
OURS, THEIRS = "a" * 64, "b" * 64


def hashed(address: str, *, secret: str) -> str:
    use_address_secret(lambda: secret)
    return address_key(address)


def test_two_stages_hash_one_number_differently() -> None:
    assert hashed(NUMBER, secret=OURS) != hashed(NUMBER, secret=THEIRS)
    assert hashed(NUMBER, secret=OURS) == hashed(NUMBER, secret=OURS)


def test_who_has_no_secret_finds_no_number_by_trying_all_of_them() -> None:
    """Plain hashes of phone numbers are reversed in minutes."""
    stored = hashed(NUMBER, secret=OURS)
    tried = [f"+120655501{last:02}" for last in range(100)]

    assert NUMBER in tried
    assert stored not in {keyed_address(each, key=key) for each in tried for key in (b"", b"guess")}
    assert stored in {keyed_address(each, key=OURS.encode()) for each in tried}


def test_a_process_without_a_secret_hashes_nothing_and_says_so_in_one_line() -> None:
    def none() -> str:
        message = "not this one"
        raise AddressSecretUnavailable(message)

    use_address_secret(none)
    with pytest.raises(AddressSecretUnavailable, match=r"^not this one\Z"):
        address_key(NUMBER)


@pytest.mark.parametrize("written", ["", "short", "x" * 31, "x" * 65])
def test_what_is_no_secret_is_refused_and_not_quoted(written: str) -> None:
    with pytest.raises(AddressSecretUnavailable) as refused:
        hashed(NUMBER, secret=written)
    assert "the secret of address hashes has not 32 to 64 bytes" == str(refused.value)


def test_the_secret_is_read_once_when_it_is_needed_and_again_after_a_failure() -> None:
    answers = iter(["", OURS])
    secret = use_address_secret(lambda: next(answers))

    with pytest.raises(AddressSecretUnavailable):
        address_key(NUMBER)
    assert OURS.encode() == secret.key
    assert address_key(NUMBER) == address_key(NUMBER)
    assert next(answers, None) is None


def test_recorded_hashes_are_made_by_the_secret_of_tests() -> None:
    """A change of the algorithm would lose every suppression that is stored."""
    assert "a0_cdZmuqFOouvuWfXoZHw" == address_key(NUMBER)
    assert address_key(NUMBER) == keyed_address(NUMBER, key=TEST_SECRET.encode())


def test_what_prints_a_secret_shows_none_of_it() -> None:
    secret = use_address_secret(lambda: OURS)
    assert secret.key
    assert OURS not in repr(secret)
