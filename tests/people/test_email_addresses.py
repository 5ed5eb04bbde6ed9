"""An e-mail address is read where the field has one reading, and goes out as mail servers take it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.people.email_addresses import mailbox

ADA = "ada@example.com"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (ADA, ADA),
        (" ada@example.com ", ADA),
        ("Ada.Lovelace+tea@mail.example.org", "Ada.Lovelace+tea@mail.example.org"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
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
        "ada@example.com\u200b",
        "\ufeffada@example.com",
        "a\u00adda@exam\u200bple.com",
        "\u202aada@example.com\u202c",
        "\u00a0ada@example.com\u202f",
        "ada\u2060@example.com\ufe0f",
    ],
)
def test_invisible_characters_are_no_part_of_an_address(written: str) -> None:
    assert ADA == mailbox(written)


def test_a_direction_that_is_overridden_inside_an_address_shows_another_one() -> None:
    """Who reads it sees adb@example.com."""
    assert mailbox("a\u202ebd\u202c@example.com") is None


@pytest.mark.parametrize("local", ["a..b.", "ada..l", ".ada", "ada.", "a...b"])
def test_dots_may_stand_where_carriers_have_put_them(local: str) -> None:
    """Such addresses were given out, and answer; the provider judges the others."""
    assert f"{local}@docomo.example.com" == mailbox(f"{local}@docomo.example.com")


def test_a_domain_is_the_same_in_either_case_and_what_stands_before_it_is_not_changed() -> None:
    assert "Ada@example.com" == mailbox("Ada@Example.COM")


@pytest.mark.parametrize(
    "written",
    [
        "Ada <ada@example.com>",
        "<ada@example.com>",
        "Lovelace, Ada <ada@example.com>",
        '"Ada Lovelace" < ada@example.com >',
        "mailto:ada@example.com",
        "ada@example.com.",
        "ada@example.com,",
        "ada@example.com;",
        "ada\uff20example.com",
    ],
)
def test_what_stands_round_an_address_and_leaves_one_reading_is_left_out(written: str) -> None:
    assert ADA == mailbox(written)


@pytest.mark.parametrize(
    "written",
    [
        "ada@example.com,bob@example.com",
        "ada@example.com; bob@example.com",
        "ada@example.com bob@example.com",
        "ada@example.com <bob@example.com>",
        "<ada@example.com> <bob@example.com>",
        "Ada <ada@example.com>, Bob <bob@example.com>",
        "<<ada@example.com>>",
        "ada@example.com@example.org",
    ],
)
def test_of_two_addresses_none_is_chosen(written: str) -> None:
    assert mailbox(written) is None


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
        "Ada <>",
        "ada@example..com",
        "ada@-example.com",
        "ada@example-.com",
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
@pytest.mark.parametrize(
    "form", ["ada@example.com{}Bcc: bob@example.com", "A{}Bcc: <ada@example.com>"]
)
def test_an_address_cannot_smuggle_a_header_in(form: str, line_break: str) -> None:
    assert mailbox(form.format(line_break)) is None


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
