"""What texts leave from is named for each country, and refused in one line where it cannot be."""

from decimal import Decimal
from pathlib import Path

import pytest

from ordercast.settings.originations import (
    origination_prices,
    originations_of,
    read_originations,
    write_originations,
)
from pipeline.settings.files import read_stage
from tests.pages import snippets
from tests.pipeline.settings.conftest import refusal, trial

OPEN = 'countries = "US, GB, SE 0.09"\n'
TAKEN = "SNS takes numbers and sender ids alone"


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ('[originations."my pool"]\ncountries = "US"', 'has the name "my pool", not a number'),
        ('[originations.default]\ncountries = "GB"', 'has the name "default", not a number'),
        ("[originations.ACME]\nrate = 3", "ACME.countries is missing; it is a text in quotes"),
        ('[originations.ACME]\ncountries = ""', 'ACME.countries is "", but it must name countries'),
        (
            '[originations.ACME]\ncountries = "GB, FR"',
            'ACME.countries is "GB, FR", but it must name countries that texts may go to: countries has no FR',
        ),
        (
            '[originations.ACME]\ncountries = "GB, GB"',
            'ACME.countries is "GB, GB", but it must not name GB twice',
        ),
        (
            '[originations.ACME]\ncountries = "GB, US"',
            'ACME.countries is "GB, US", but it must not name US, where phones show no sender id',
        ),
        (
            '[originations.pool-0123]\ncountries = "US"',
            f'pool-0123.provider is not set, but it must be "sms-voice": {TAKEN}',
        ),
        (
            '[originations.ACME]\ncountries = "GB"\nprovider = "fax"',
            'ACME.provider is "fax", but it must be one of sns, sms-voice',
        ),
        (
            '[originations.ACME]\ncountries = "GB"\nrate = 0',
            "ACME.rate is 0, not a whole number of 1 or more",
        ),
        (
            '[originations.ACME]\ncountries = "GB"\nrate = 3\n[sms_sender]\nshare = 20',
            "ACME.rate is 3, but it must be a part a second or more of sms_sender.share",
        ),
        (
            '[originations.ACME]\ncountries = "GB"\nprices = "GB"',
            'ACME.prices is "GB", but it must name prices of a part, such as US 0.0083: GB has no price',
        ),
        (
            '[originations.ACME]\ncountries = "GB"\nprices = "SE 0.04"',
            'ACME.prices is "SE 0.04", but it must name countries of its own: SE is not among them',
        ),
        (
            '[originations.ACME]\ncountries = "SE"\nprices = "SE 0.10"',
            'ACME.prices is "SE 0.10", but it must not be above the ceiling of countries for SE, 0.09',
        ),
        (
            '[originations.ACME]\ncountries = "GB"\nmonth = -1',
            "ACME.month is -1, but it must be 0 or more",
        ),
    ],
)
def test_an_origination_that_cannot_be_is_refused_by_its_field(
    folder: Path, written: str, answer: str
) -> None:
    trial(folder, OPEN + written)
    separator = " " if answer.startswith("has") else "."
    assert refusal(folder).startswith(f"stages/trial.toml: originations{separator}{answer}")


@pytest.mark.parametrize(
    "name", ['"+12065550100"', "12065", "pool-0123", "phone-ab12", "ACME", "4shops"]
)
def test_a_number_a_pool_and_a_sender_id_are_originations(folder: Path, name: str) -> None:
    trial(folder, f'{OPEN}[originations.{name}]\ncountries = "GB, SE"\nprovider = "sms-voice"')
    assert [name.strip('"')] == list(read_stage("trial", folder).originations)


def test_the_originations_of_the_page_are_taken(folder: Path) -> None:
    (shown,) = snippets("docs/sending.md", heading="Originations", language="toml")
    trial(folder, f'countries = "US, CA, GB"\n{shown}')

    found = read_stage("trial", folder).originations
    assert {"US": Decimal("0.0083"), "CA": Decimal("0.0075")} == origination_prices(found)[
        "pool-0123456789abcdef"
    ]
    assert ["ACME"] == originations_of(found, "GB")


def test_an_origination_is_read_by_the_sender_as_it_was_deployed_with_the_stages_share(
    folder: Path,
) -> None:
    """The order counts: the first of a country goes before the others."""
    trial(
        folder,
        f"""{OPEN}
[originations.ACME]
countries = "GB"
rate = 5
prices = "GB 0.031"
month = 2.5
[originations.B]
countries = "GB, SE"
""",
    )
    table = read_originations(
        write_originations(read_stage("trial", folder).originations, share=50)
    )

    assert ["ACME", "B"] == list(table)
    assert (2, Decimal("2.5"), "GB 0.031") == (
        table["ACME"].rate,
        table["ACME"].month,
        table["ACME"].prices,
    )
    assert table["B"].rate is None
