"""Mappings that are created, updated, disabled and deleted."""

import threading
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from botocore.exceptions import EndpointConnectionError
from support.doubles import STREAM
from support.eventually import eventually

from lambda_event_sources.drivers.mappings import MappingSupervisor
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.streams.shard_sequencer import Positions, after


class StubDriver:
    def __init__(self) -> None:
        self.refreshed, self.is_stopped, self.asked_to_stop = 0, False, False

    def refresh(self) -> None:
        self.refreshed += 1

    def stop(self) -> None:
        self.asked_to_stop = True


class Deployment:
    def __init__(self) -> None:
        self.entries: list[Mapping[str, Any]] = []
        self.driven: list[tuple[EventSourceMapping, Positions, StubDriver]] = []
        self.notes: list[str] = []
        self.trouble: Exception | None = None
        self.saved: list[dict[str, Any]] = []
        self.supervisor = MappingSupervisor(
            list_mappings=self._list,
            make_driver=self._drive,
            log=lambda slug, **_: self.notes.append(slug),
            save_positions=lambda positions: self.saved.append(deepcopy(dict(positions))),
        )

    def refresh(self) -> None:
        self.supervisor.refresh()

    def _list(self) -> list[Mapping[str, Any]]:
        if self.trouble:
            raise self.trouble
        return self.entries

    def _drive(self, mapping: EventSourceMapping, positions: Positions) -> StubDriver:
        driver = StubDriver()
        self.driven.append((mapping, positions, driver))
        return driver


def an_entry(uuid: str = "m-1", **settings: Any) -> dict[str, Any]:
    return {
        "UUID": uuid,
        "EventSourceArn": STREAM,
        "FunctionArn": "f",
        "State": "Enabled",
    } | settings


def test_each_mapping_has_one_driver():
    deployment = Deployment()
    deployment.entries = [an_entry(), an_entry("m-2")]
    deployment.refresh()
    deployment.refresh()

    assert ["m-1", "m-2"] == [mapping.uuid for mapping, _, _ in deployment.driven]
    assert 2 == deployment.driven[0][2].refreshed


def test_a_changed_mapping_gets_a_new_driver_that_continues_at_the_checkpoints():
    deployment = Deployment()
    deployment.entries = [an_entry(BatchSize=10)]
    deployment.refresh()
    _, positions, old = deployment.driven[0]
    deployment.entries = [an_entry(BatchSize=20)]
    deployment.refresh()
    assert old.asked_to_stop
    assert 1 == len(deployment.driven)

    positions["shard"] = after("7")
    old.is_stopped = True
    deployment.refresh()

    mapping, carried_over, _ = deployment.driven[1]
    assert (20, {"shard": after("7")}) == (mapping.batch_size, carried_over)


def test_the_checkpoints_of_each_mapping_are_saved():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.refresh()
    _, positions, _ = deployment.driven[0]
    positions["shard"] = after("7")
    deployment.refresh()

    assert [{"m-1": {}}, {"m-1": {"shard": after("7")}}] == deployment.saved


def test_a_deleted_mapping_is_stopped_and_forgotten():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.refresh()
    _, positions, driver = deployment.driven[0]
    positions["shard"] = after("7")
    driver.is_stopped = True
    deployment.entries = []
    deployment.refresh()
    deployment.refresh()
    deployment.entries = [an_entry()]
    deployment.refresh()

    assert driver.asked_to_stop
    assert {} == deployment.driven[1][1]


def test_a_mapping_that_is_enabled_again_continues_at_its_checkpoints():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.refresh()
    _, positions, driver = deployment.driven[0]
    positions["shard"] = after("7")
    driver.is_stopped = True
    deployment.entries = [an_entry(State="Disabled")]
    deployment.refresh()
    deployment.entries = [an_entry()]
    deployment.refresh()

    assert {"shard": after("7")} == deployment.driven[1][1]


def test_a_mapping_with_an_unreadable_filter_is_skipped_and_logged_once():
    deployment = Deployment()
    deployment.entries = [an_entry(FilterCriteria={"Filters": [{"Pattern": "{}"}]})]
    deployment.refresh()
    deployment.refresh()

    assert [] == deployment.driven
    assert ["mapping_skipped"] == deployment.notes


def test_an_endpoint_that_does_not_answer_stops_no_driver_and_is_logged_once():
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.refresh()
    deployment.trouble = EndpointConnectionError(endpoint_url="x")
    deployment.refresh()
    deployment.refresh()

    assert not deployment.driven[0][2].asked_to_stop
    assert 1 == deployment.notes.count("mappings_unreadable")


def test_a_bug_while_mappings_are_listed_ends_no_driver_and_is_logged(capsys):
    deployment = Deployment()
    deployment.entries = [an_entry()]
    deployment.refresh()
    deployment.trouble = ValueError("a bug")
    stop = threading.Event()
    running = threading.Thread(target=deployment.supervisor.run, args=(stop,))
    running.start()
    eventually(lambda: "mappings_failed" in deployment.notes)
    deployment.trouble = None
    deployment.entries = [an_entry(), an_entry("m-2")]
    eventually(lambda: len(deployment.driven) == 2)
    stop.set()
    running.join()

    assert "a bug" in capsys.readouterr().err
    assert not deployment.driven[0][2].asked_to_stop
