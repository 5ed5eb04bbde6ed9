import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.people.contact import e164, mailbox


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("+12065550100", "US", "+12065550100"),
        ("+1 206 555 0100", "SE", "+12065550100"),
        ("(206) 555-0100", "US", "+12065550100"),
        ("070-174 06 05", "SE", "+46701740605"),
        ("0046 70 174 06 05", "SE", "+46701740605"),
        ("0491 570 156", "AU", "+61491570156"),
        (" +46701740605\n", "US", "+46701740605"),
        ("\uff0b\uff11 206 555 0100", "US", "+12065550100"),
    ],
)
def test_a_number_is_read_as_people_in_its_country_write_it(
    written: str, country: str, dialled: str
) -> None:
    assert dialled == e164(written, country=country)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("46701740605", "US"),  # a plus in front would make it Swedish
        ("0046701740605", "US"),  # not how the United States dial abroad
        ("12065550100", "SE"),
        ("0701740605", "US"),
        ("2065550100", "ZZ"),  # no such country
        ("5550100", "US"),  # which area?
    ],
)
def test_a_number_prefix_is_never_guessed(written: str, country: str) -> None:
    """A guessed + or +1 prefix would send an order to a stranger."""
    assert e164(written, country=country) is None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "none",
        "1-800-FLOWERS",
        "order 206 555 0100",
        "+1 206 555 0100 ext. 5",
        "+1 206 555 0100 #5",
        "+1 206 555 0100 or 0101",
        "+12065550100/+12065550101",
        "+1206555\u202e0100",
        "911",
        "2" * 1024,
    ],
)
def test_what_is_not_one_plain_number_is_no_number(written: str) -> None:
    assert e164(written, country="US") is None


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        (" ada@example.com ", "ada@example.com"),
        ("Ada.Lovelace+tea@mail.example.org", "Ada.Lovelace+tea@mail.example.org"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_an_address_goes_out_as_mail_servers_take_it(written: str, address: str) -> None:
    assert address == mailbox(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@@example.com",
        "ada lovelace@example.com",
        "ada@exam ple.com",
        "Ada <ada@example.com>",
        "ada@example.com,bob@example.com",
        "ada..l@example.com",
        ".ada@example.com",
        "ada.@example.com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@example.com.",
        "ada@192.0.2.10",
        "ädä@example.com",
        f"{'a' * 65}@example.com",
        f"ada@{'x' * 64}.com",
        f"ada@{'.'.join(['x' * 60] * 4)}.com.example",
        f"ada@{'ü' * 200}.example",
    ],
)
def test_what_is_not_one_plain_address_is_no_address(written: str) -> None:
    assert mailbox(written) is None


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\u2028", "\x00", "%0a\n"])
def test_an_address_cannot_smuggle_a_header_in(line_break: str) -> None:
    assert mailbox(f"ada@example.com{line_break}Bcc: bob@example.com") is None


@pytest.mark.parametrize(
    "domain", ["straße.example", "\uff45xample.com", "exam\u200dple.com", "a。b.com"]
)
def test_a_domain_that_two_standards_read_differently_is_not_guessed(domain: str) -> None:
    """IDNA 2003 turns straße into strasse, IDNA 2008 does not: these are two owners' domains."""
    assert mailbox(f"ada@{domain}") is None


@given(st.text())
def test_whatever_is_written_an_address_is_ascii_without_spaces_or_there_is_none(
    written: str,
) -> None:
    address = mailbox(written + "@example.com")

    assert address is None or (address.isascii() and address.isprintable() and " " not in address)


@given(st.text(), st.sampled_from(["US", "SE", "AU", "ZZ", ""]))
def test_whatever_is_written_a_number_is_a_plus_and_digits_or_there_is_none(
    written: str, country: str
) -> None:
    number = e164(written, country=country)

    assert number is None or (number[0] == "+" and number[1:].isdecimal() and number.isascii())
