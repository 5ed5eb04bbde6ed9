from dataclasses import dataclass
from datetime import timedelta

import pytest

from gateways.environment import EnvironmentSettings, MissingSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(EnvironmentSettings):
    ledger_table: str
    limit: int
    wait: timedelta


SAMPLE = Sample(ledger_table="t", limit=3, wait=timedelta(minutes=5))


def test_settings_come_back_from_the_environment_as_they_were_written() -> None:
    assert {"LEDGER_TABLE": "t", "LIMIT": "3", "WAIT": "300"} == SAMPLE.to_env()
    assert SAMPLE == Sample.from_env(SAMPLE.to_env())


def test_a_variable_that_is_missing_is_named() -> None:
    environ = SAMPLE.to_env()
    del environ["WAIT"]

    with pytest.raises(MissingSetting, match="WAIT"):
        Sample.from_env(environ)
