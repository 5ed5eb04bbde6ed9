"""A day is put round by round: no order goes on before its last messages are sent."""

from datetime import UTC, datetime, timedelta

from local_cloud.demo.day import RecordKind, made_up_day
from local_cloud.demo.play import Play
from local_cloud.demo.shop import Result
from tests.cli.local.test_inbox import message

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class FakeProducer:
    """What was put, in order."""

    def __init__(self) -> None:
        self.put: list[bytes] = []

    def put_payloads(self, payloads: list[tuple[str, bytes]]) -> int:
        self.put += [payload for _, payload in payloads]
        return len(payloads)


def a_play() -> Play:
    return Play(day=made_up_day(80, seed=1), plain=FakeProducer(), aggregating=FakeProducer())  # type: ignore[arg-type]  # a fake producer


def messages_of(play: Play) -> list:
    """A message for each one promised so far."""
    return [
        message(text=f"Your order {put.order_id}")
        for put in play.put
        for result in put.promised.values()
        if result is not Result.SUPPRESSED
    ]


def test_nothing_goes_on_until_the_messages_of_the_last_round_have_come() -> None:
    play = a_play()
    play.go_on(NOW)
    first = len(play.put)
    play.go_on(NOW)
    assert first == len(play.put) > 0

    play.arrived(messages_of(play)[:-1])
    play.go_on(NOW)
    assert first < len(play.put) < play.records


def test_everything_is_put_in_the_end_half_of_it_aggregated() -> None:
    play = a_play()
    seen = 0
    for _ in range(10):
        play.go_on(NOW)
        play.arrived(messages_of(play)[seen:])
        seen = len(messages_of(play))
    assert play.records == len(play.put)
    assert sum(each.aggregated for each in play.put) == len(play.aggregating.put)  # type: ignore[arg-type]  # a fake producer


def test_what_is_put_again_is_the_same_to_the_byte_however_late() -> None:
    play = a_play()
    for minute in range(10):
        play.go_on(NOW + timedelta(minutes=minute))
        play.arrived(messages_of(play))
    payloads = play.plain.put + play.aggregating.put  # type: ignore[operator]  # a fake producer
    twice = sum(each.kind is RecordKind.DUPLICATE for each in play.put)
    assert twice == len(payloads) - len(set(payloads)) > 0
