"""What the keeper does when a part cannot start as planned."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from local_cloud import keeper
from local_cloud.instance import Instance
from local_cloud.keeper import Keeper
from tests.eventually import eventually


@pytest.fixture
def shop(tmp_path: Path) -> Instance:
    instance = Instance(folder=tmp_path / "shop")
    instance.create()
    return instance


def the_record_says(shop: Instance, state: str) -> Callable[[], bool]:
    def the_state_is_as_it_should_be() -> bool:
        found = shop.read()
        return found is not None and found.state == state

    return the_state_is_as_it_should_be


def test_a_port_that_somebody_took_first_is_given_up_for_another(
    shop: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        free = keeper.free_port
        offered = iter([taken])
        monkeypatch.setattr(keeper, "free_port", lambda: next(offered, None) or free())
        kept = Keeper(shop, receipt_delay=None)
        running = threading.Thread(target=kept.run)
        running.start()
        eventually(the_record_says(shop, "running"), within=30)
        record = shop.read()
        assert record is not None
        assert f"http://127.0.0.1:{taken}" != record.carrier
        kept.stop()
        running.join()
    assert the_record_says(shop, "stopped")()


def test_a_part_that_never_becomes_ready_is_not_waited_for_forever(
    shop: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "START_TIMEOUT", 0.01)
    assert 1 == Keeper(shop, receipt_delay=None).run()
    record = shop.read()
    assert record is not None
    told = ("not every part was ready in time", f"{shop.folder}/logs")
    assert told == (record.trouble, record.log)
