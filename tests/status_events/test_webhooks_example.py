"""The example's webhooks are signed as Standard Webhooks says, and refused where they are forged or old."""

import base64
from collections.abc import Mapping

import pytest

from tests.status_events.example import example

consumer, webhooks = example("consumer"), example("webhooks")
forward, receiver = example("forward"), example("receiver")

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
OTHER = "whsec_" + base64.b64encode(b"fedcba9876543210fedcba98").decode()
NOW = 1_772_443_800.0
BODY = b'{"test": 2432232314}'


def signed(*secrets: str, at: float = NOW, content: bytes = BODY) -> dict[str, str]:
    headers: dict[str, str] = webhooks.Webhook(*secrets).headers("msg_1", content, now=at)
    return headers


def verified(headers: Mapping[str, str], *secrets: str, content: bytes = BODY) -> str:
    found: str = webhooks.Webhook(*secrets).verify(headers, content, now=NOW)
    return found


def test_the_signature_is_that_of_the_standard_s_example() -> None:
    """Standard Webhooks: the secret, message and signature that its libraries test with."""
    webhook = webhooks.Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = webhook.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", BODY, now=1_614_265_330)

    assert {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    } == headers


def test_what_is_signed_is_verified_whatever_the_case_of_its_headers() -> None:
    headers = {name.title(): value for name, value in signed(SECRET).items()}
    assert "msg_1" == verified(headers, SECRET)


def test_a_secret_is_replaced_without_a_gap() -> None:
    assert "msg_1" == verified(signed(SECRET, OTHER), OTHER)
    assert "msg_1" == verified(signed(SECRET), OTHER, SECRET)


def test_a_signature_of_another_version_beside_ours_is_passed_over() -> None:
    headers = signed(SECRET)
    headers["webhook-signature"] = f"v1a,abc= {headers['webhook-signature']}"
    assert "msg_1" == verified(headers, SECRET)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW) + 1)},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,\u00e9"},
        {"webhook-signature": ""},
    ],
)
def test_what_was_changed_on_its_way_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(webhooks.Refused, match="no signature fits"):
        verified(signed(SECRET) | change, SECRET)


def test_another_body_and_another_secret_are_refused() -> None:
    for secret, content in ((SECRET, BODY + b" "), (OTHER, BODY)):
        with pytest.raises(webhooks.Refused, match="no signature fits"):
            verified(signed(SECRET), secret, content=content)


def test_a_signature_of_an_unknown_version_alone_is_refused() -> None:
    headers = signed(SECRET)
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")
    with pytest.raises(webhooks.Refused):
        verified(headers, SECRET)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_replay_after_five_minutes_is_refused(seconds: int) -> None:
    with pytest.raises(webhooks.Refused, match="too old or too new"):
        verified(signed(SECRET, at=NOW + seconds), SECRET)
    assert "msg_1" == verified(signed(SECRET, at=NOW + seconds / 301 * 300), SECRET)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(name: str) -> None:
    headers = signed(SECRET)
    del headers[name]
    with pytest.raises(webhooks.Refused, match=name):
        verified(headers, SECRET)


@pytest.mark.parametrize("written", ["", "soon", "-5", "1.5", "\u00b2"])
def test_a_timestamp_that_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(webhooks.Refused, match="not a number of seconds"):
        verified(signed(SECRET) | {"webhook-timestamp": written}, SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!", SECRET[6:]])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes"):
        webhooks.Webhook(secret)
