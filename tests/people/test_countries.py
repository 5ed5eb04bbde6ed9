"""A country is read as people and shops write it, where that has one reading."""

import phonenumbers
import pytest

from ordercast.countries import country_in


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("GB", "GB"),
        ("UK", "GB"),
        ("gb", "GB"),
        ("GBR", "GB"),
        ("826", "GB"),
        ("United Kingdom", "GB"),
        ("United Kingdom (UK)", "GB"),
        ("Great Britain", "GB"),
        ("ENGLAND", "GB"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        (" us\u200b", "US"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("Österreich", "AT"),
        ("OSTERREICH", "AT"),
        ("Sverige", "SE"),
        ("España", "ES"),
        ("Brasil", "BR"),
        ("日本", "JP"),
        ("Ελλάδα", "GR"),
        ("EL", "GR"),
        ("The Netherlands", "NL"),
        ("Holland", "NL"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Côte d'Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Korea, Republic of", "KR"),
        ("Trinidad & Tobago", "TT"),
        ("Hong Kong", "HK"),
        ("Kosovo", "XK"),
    ],
)
def test_a_country_is_read_in_each_usual_writing(written: str, code: str) -> None:
    assert code == country_in(written)


@pytest.mark.parametrize("written", ["250", "+250", "040", "212", "044"])
def test_digits_that_another_country_dials_are_neither(written: str) -> None:
    """250 is France to ISO 3166-1, and Rwanda to who writes telephone numbers."""
    assert country_in(written) is None


@pytest.mark.parametrize("written", ["N/A", "n/a", "n.a.", "Na", "na", "No", "No.", "n/o"])
def test_an_answer_that_looks_like_a_code_is_none(written: str) -> None:
    assert country_in(written) is None


@pytest.mark.parametrize(
    ("written", "code"), [("NA", "NA"), ("NAM", "NA"), ("NO", "NO"), ("no", "NO")]
)
def test_a_code_that_looks_like_an_answer_is_read_as_codes_are_written(
    written: str, code: str
) -> None:
    assert code == country_in(written)


@pytest.mark.parametrize("written", ["Congo", "Korea", "Virgin Islands"])
def test_what_two_countries_are_called_is_neither(written: str) -> None:
    assert country_in(written) is None


@pytest.mark.parametrize(
    "written", ["", " ", "ZZ", "EU", "XX", "AN", "YU", "CT", "Bavaria", "GB US"]
)
def test_what_no_country_is_called_is_none(written: str) -> None:
    """Among them withdrawn codes: CT was Canton Island, and is more likely Connecticut."""
    assert country_in(written) is None


@pytest.mark.parametrize("written", ["ZAR", "EUR", "en-GB", "+44", "12065550100"])
def test_what_is_no_country_but_a_currency_a_language_or_a_number_is_none(written: str) -> None:
    assert country_in(written) is None


def test_each_country_with_telephones_is_read_by_its_code() -> None:
    """Ascension and Tristan da Cunha are parts of another country to ISO 3166-1."""
    countries = phonenumbers.SUPPORTED_REGIONS - {"AC", "TA"}

    assert {code: code for code in countries} == {code: country_in(code) for code in countries}
    assert {code: code for code in countries - {"NA"}} == {
        code: country_in(code.lower()) for code in countries - {"NA"}
    }
