"""A brand is a folder that is read whole, or refused with one line: file, field, value, what is taken."""

from datetime import timedelta
from pathlib import Path

import pytest

from ordercast.templates.brands import (
    BadBrand,
    DarkColours,
    brand_for,
    by_shop,
    read_brand,
    read_brands,
)

WHOLE = """
name = "Nordic Outfitters"
shops = ["nordic", "nordic-fi"]
email_from = "orders@nordic.example.com"
reply_to = "help@nordic.example.com"
footer = "Nordic Outfitters AB, Storgatan 1, Stockholm"
preferences_url = "https://nordic.example.com/messages"

[sender_ids]
SE = "NORDIC"

[logo]
url = "https://nordic.example.com/logo.png"
alt = "Nordic Outfitters"
width = 140
height = 32

[colours]
accent = "#14532d"

[statuses.packed]
send_within = "24 h"
"""


def brand(folder: Path, written: str, name: str = "nordic") -> Path:
    """Write a brand, and return its folder."""
    (folder / name).mkdir()
    (folder / name / "brand.toml").write_text(written)
    return folder / name


def test_what_is_not_written_has_a_default(tmp_path: Path) -> None:
    found = read_brand(brand(tmp_path, 'name = "Nordic"'))
    assert ("Nordic", "", None) == (found.name, found.email_from, found.logo)
    assert "#1d4ed8" == found.colours.accent
    assert DarkColours() == found.dark


def test_all_that_a_brand_may_say_is_read(tmp_path: Path) -> None:
    found = read_brand(brand(tmp_path, WHOLE))
    assert ({"SE": "NORDIC"}, "help@nordic.example.com") == (found.sender_ids, found.reply_to)
    assert ("#14532d", "#ffffff") == (found.colours.accent, found.colours.on_accent)
    assert found.logo is not None
    assert (140, 32) == (found.logo.width, found.logo.height)
    packed = found.statuses["packed"]
    assert (timedelta(hours=24), "transactional") == (packed.send_within, packed.message_class)


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ('name = "N"\n[colours]\naccent = "red"', 'colours.accent is "red", not a colour such as'),
        ('name = "N"\ncolors = {}', "colors is not known; the nearest name is colours"),
        ("reply_to = 'n@example.com'", "name is missing; it is a text of one line"),
        (
            'name = "N"\nsender_ids.SE = "TWELVE-CHARS"',
            'sender_ids.SE is "TWELVE-CHARS", not "", or',
        ),
        ('name = "N"\nsender_ids.Sweden = "N"', 'sender_ids has the name "Sweden", not a country'),
        ('name = "N"\nemail_from = "nobody"', 'email_from is "nobody", not "", or an e-mail'),
        ('name = "N"\npreferences_url = "http://n.example.com"', "not an https address such as"),
        ('name = "N"\n[logo]\nurl = "https://n.example.com/l.png"', "logo.alt is missing"),
        ('name = "N"\n[statuses.packed]\nsend_within = "soon"', "not a duration such as"),
        ('name = "N"\n[statuses.packed]\nwithin = "1 h"', "statuses.packed.within is not known"),
        ('name = "N\\nB"', "not a text of one line"),
        ("name =", "Invalid value"),
        ('name = "N"\n[statuses.completed]\nsend_within = "1 d"', "it is read as shipped; take"),
        ('name = "N"\n[statuses.Packed]\nsend_within = "1 d"', "it is read as packed; take"),
        ('name = "N"\nsender_ids.US = "N"', "sender_ids names US, where phones show none"),
    ],
)
def test_a_brand_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, written: str, refusal: str
) -> None:
    with pytest.raises(BadBrand) as refused:
        read_brand(brand(tmp_path, written))
    said = str(refused.value)
    assert said.startswith("brands/nordic/brand.toml: ")
    assert refusal in said
    assert "\n" not in said


def test_a_folder_without_a_brand_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nordic" / "confirmed").mkdir(parents=True)
    with pytest.raises(BadBrand, match=r"brands/nordic/brand.toml is missing"):
        read_brands(tmp_path)


def test_a_shop_without_a_list_is_that_of_its_folder(tmp_path: Path) -> None:
    brand(tmp_path, WHOLE)
    brand(tmp_path, 'name = "Acme"', name="acme")
    assert {"acme", "nordic", "nordic-fi"} == set(by_shop(read_brands(tmp_path)))


def test_a_shop_has_one_brand(tmp_path: Path) -> None:
    brand(tmp_path, WHOLE)
    brand(tmp_path, 'name = "Acme"\nshops = ["nordic"]', name="acme")
    with pytest.raises(
        BadBrand, match=r'brands/nordic/brand\.toml: the shop "nordic" is of brands/a'
    ):
        by_shop(read_brands(tmp_path))


def test_its_files_are_those_that_messages_are_made_of(tmp_path: Path) -> None:
    folder = brand(tmp_path, WHOLE)
    (folder / "confirmed").mkdir()
    (folder / "confirmed" / "en.toml").write_text('lead = "Thanks!"')
    (folder / "email.source.html").write_text("<p>only edited, never sent</p>")
    found = read_brand(folder).files
    assert {"brand.toml": WHOLE, "confirmed/en.toml": 'lead = "Thanks!"'} == found


def test_no_brands_are_no_error(tmp_path: Path) -> None:
    assert {} == read_brands(tmp_path / "brands")


def test_a_shop_without_a_brand_keeps_its_own_name() -> None:
    found = brand_for("a shop that nobody has heard of")
    assert ("", {}) == (found.name, found.files)
