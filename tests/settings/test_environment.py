from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.settings.environment import EnvironmentSettings, MissingSetting


class Sample(EnvironmentSettings, frozen=True, kw_only=True):
    ledger_table: str
    limit: int
    wait: timedelta
    alone: bool


SAMPLE = Sample(ledger_table="t", limit=3, wait=timedelta(minutes=5), alone=True)


def test_settings_come_back_from_the_environment_as_they_were_written() -> None:
    written = {"LEDGER_TABLE": "t", "LIMIT": "3", "WAIT": "300", "ALONE": "True"}
    assert written == SAMPLE.to_env()
    for each in (SAMPLE, replace(SAMPLE, alone=False)):
        assert each == Sample.from_env(each.to_env())


def test_a_variable_that_is_missing_is_named() -> None:
    environ = SAMPLE.to_env()
    del environ["WAIT"]

    with pytest.raises(MissingSetting, match="WAIT"):
        Sample.from_env(environ)
