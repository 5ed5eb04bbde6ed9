"""The faster Kinesis of ministack forgets old iterators as before, only seldom."""

# ruff: noqa: SLF001 - a stand-in for what has no public way in

import types

from local_cloud.emulator.faster_kinesis import EVERY, expire_seldom


def test_old_iterators_are_looked_for_once_in_a_while() -> None:
    at, looked = [100.0], []
    kinesis = types.SimpleNamespace(_expire_iterators=lambda: looked.append(at[0]))
    expire_seldom(kinesis, clock=lambda: at[0])

    for now in (100.0, 100.1, 100.0 + EVERY, 100.1 + EVERY):
        at[0] = now
        kinesis._expire_iterators()

    assert [100.0, 100.0 + EVERY] == looked
