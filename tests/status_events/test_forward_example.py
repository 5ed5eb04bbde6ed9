"""The example forwards a queue's events as webhooks until they are taken, and its receiver keeps what they say."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.examples import notification
from tests.status_events.example import example
from tests.status_events.test_consumer_example import body, life
from tests.status_events.test_webhooks_example import NOW, OTHER, SECRET, signed

consumer, webhooks = example("consumer"), example("webhooks")
forward, receiver = example("forward"), example("receiver")


class Endpoint:
    """A shop's endpoint, which answers with one status after the other."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = [*statuses]
        self.posted: list[tuple[Mapping[str, str], bytes]] = []

    def __call__(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        assert url.startswith("https://")
        self.posted.append((headers, content))
        return self.statuses.pop(0)


class Queue:
    """One message that is always visible again, and what was done with it."""

    def __init__(self, content: str) -> None:
        self.content, self.receives = content, 0
        self.hidden_for: list[int] = []
        self.is_deleted = False

    def receive_message(self, **_: Any) -> dict[str, Any]:
        if self.is_deleted:
            return {}
        self.receives += 1
        counted = {"ApproximateReceiveCount": str(self.receives)}
        return {"Messages": [{"Body": self.content, "ReceiptHandle": "h", "Attributes": counted}]}

    def delete_message(self, **_: Any) -> None:
        self.is_deleted = True

    def change_message_visibility(self, *, VisibilityTimeout: int, **_: Any) -> None:  # noqa: N803
        self.hidden_for.append(VisibilityTimeout)


def attempt(queue: Queue, endpoint: Endpoint, *, chance: float = 0.5) -> int:
    taken: int = forward.forward(
        queue,
        "https://queue",
        "https://shop.example.com/webhooks",
        webhooks.Webhook(SECRET),
        post=endpoint,
        now=lambda: NOW + 1000 * queue.receives,
        chance=lambda: chance,
    )
    return taken


def test_an_event_is_posted_as_it_is_signed_and_then_deleted() -> None:
    queue, endpoint = Queue(life()[-1]), Endpoint(204)

    assert 1 == attempt(queue, endpoint)
    assert queue.is_deleted
    ((headers, content),) = endpoint.posted
    assert life()[-1].encode() == content
    assert "application/cloudevents+json" == headers["content-type"]
    assert f"{notification().id}-4" == headers["webhook-id"]
    assert webhooks.Webhook(SECRET).verify(headers, content, now=NOW + 1000)


def test_what_is_not_taken_is_tried_again_later_and_later_under_the_same_id() -> None:
    statuses = (0, 500, 302, 404, 429, 503, 500, 500, 500, 200)
    queue, endpoint = Queue(life()[-1]), Endpoint(*statuses)
    taken = [attempt(queue, endpoint) for _ in statuses]

    assert [*[0] * 9, 1] == taken
    assert [*forward.WAITS] == queue.hidden_for
    assert sorted(forward.WAITS) == [*forward.WAITS]
    assert 1 == len({headers["webhook-id"] for headers, _ in endpoint.posted})
    assert 10 == len({headers["webhook-timestamp"] for headers, _ in endpoint.posted})


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_no_wait_is_longer_than_sqs_hides_a_message(chance: float) -> None:
    queue, endpoint = Queue(life()[-1]), Endpoint(*[500] * 12)
    for _ in range(12):
        attempt(queue, endpoint, chance=chance)

    assert max(queue.hidden_for) <= 12 * 3600


def test_an_endpoint_that_wants_no_more_is_named_and_its_event_is_kept() -> None:
    queue = Queue(life()[-1])
    with pytest.raises(forward.Gone, match=r"shop\.example\.com"):
        attempt(queue, Endpoint(410))
    assert not queue.is_deleted


def test_an_empty_queue_is_nothing_to_do() -> None:
    queue = Queue("")
    queue.is_deleted = True
    assert 0 == attempt(queue, Endpoint())


# ---- receiving


@pytest.fixture
def statuses() -> Iterator[Any]:
    with closing(consumer.Statuses(":memory:")) as kept:
        yield kept


def take(headers: Mapping[str, str], content: bytes, statuses: Any) -> int:
    status: int = receiver.take(
        headers,
        content,
        webhook=webhooks.Webhook(SECRET),
        statuses=statuses,
        now=lambda: NOW,
    )
    return status


def test_a_webhook_is_stored_and_its_repetition_changes_nothing(statuses) -> None:
    first, *_, last = (each.encode() for each in life())

    for each in (last, last, first):
        assert 204 == take(signed(SECRET, content=each), each, statuses)
    assert [("email", "delivered", None)] == statuses.of_order("o-1")


def test_a_forged_or_old_webhook_is_refused_and_not_stored(statuses) -> None:
    content = life()[-1].encode()

    assert 401 == take(signed(OTHER, content=content), content, statuses)
    assert 401 == take(signed(SECRET, content=content, at=NOW - 301), content, statuses)
    assert [] == statuses.of_order("o-1")


@pytest.mark.parametrize("content", [b"not JSON", b"{}", b"\xff"])
def test_what_is_signed_and_no_event_is_the_sender_s_mistake(statuses, content: bytes) -> None:
    assert 400 == take(signed(SECRET, content=content), content, statuses)


# ---- over HTTP

UNREACHABLE = "http://127.0.0.1:1/"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A shop's receiver: its address, and its database."""
    path = tmp_path / "statuses.db"
    server = receiver.server(0, webhook=webhooks.Webhook(SECRET), path=str(path))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", path
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.allow_hosts(["127.0.0.1"])
@mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}})
def test_an_event_on_the_queue_is_in_the_shop_s_database_once_its_endpoint_is_up(
    shop: tuple[str, Path], monkeypatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(forward, "WAITS", (0,))
    sqs = boto3.client("sqs", region_name="us-east-1")
    queue = sqs.create_queue(QueueName="webhooks")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=body(notification(7, version=3)))
    url, path = shop

    def attempted(where: str) -> int:
        taken: int = forward.forward(sqs, queue, where, webhooks.Webhook(SECRET), wait=0)
        return taken

    assert [0, 1, 0] == [attempted(UNREACHABLE), attempted(url), attempted(url)]
    with closing(consumer.Statuses(str(path))) as kept:
        assert [("email", "waiting", None)] == kept.of_order("o-7")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_server_refuses_what_is_not_signed_by_its_sender(shop: tuple[str, Path]) -> None:
    url, _ = shop
    assert 401 == forward.post(url, signed(OTHER), b'{"test": 2432232314}')


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_an_endpoint_that_cannot_be_reached_has_no_status() -> None:
    assert 0 == forward.post(UNREACHABLE, {}, b"{}")
