"""The table of countries is what the Unicode CLDR says, with what it lacks."""

from collections import Counter

from ordercast.countries import CODES, country_in, plain
from ordercast.operations import country_names


def test_the_file_is_what_the_data_says() -> None:
    assert country_names.FILE.read_text("utf-8") == country_names.table()


def test_the_codes_are_those_of_the_table() -> None:
    lines = [line.split("\t") for line in country_names.table().splitlines() if line[0] != "#"]

    assert {code for code, *_ in lines} == CODES


def test_no_writing_is_of_two_countries() -> None:
    lines = [line.split("\t") for line in country_names.table().splitlines() if line[0] != "#"]
    counted = Counter(each for _, *written in lines for each in written)

    assert {1} == set(counted.values())
    assert not counted.keys() & {plain(each) for each in country_names.AMBIGUOUS}


def test_what_the_data_lacks_is_read_as_its_country() -> None:
    for code, written in country_names.ALSO.items():
        assert {code} == {country_in(each) for each in written}
