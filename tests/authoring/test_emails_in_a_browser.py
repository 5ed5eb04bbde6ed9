"""An e-mail in headless Chromium: wide and narrow, light and dark, with and without its style block."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from ordercast.authoring.catalogue import Variant
from ordercast.authoring.lint_rendered import render
from ordercast.authoring.markup import ENOUGH, contrast
from ordercast.authoring.preview import preview
from ordercast.templates.brands import NO_BRAND, Brand, read_brand
from tests.browser import Page, page_or_skip
from tests.pages import ROOT

NORDIC = read_brand(ROOT / "examples" / "brands" / "nordic")
BRANDS = pytest.mark.parametrize("brand", [NO_BRAND, NORDIC], ids=["no brand", "nordic"])
SEEN = """[...document.querySelectorAll('td, h1, p, a, img')].filter(e => e.checkVisibility())"""
OUTSIDE = f"{SEEN}.filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)"
COLOURS = """(() => {
    const behind = e => { while (e && getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)') e = e.parentElement;
                          return getComputedStyle(e).backgroundColor; };
    return [...document.querySelectorAll('td, h1, p, a')]
        .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .map(e => [getComputedStyle(e).color, behind(e), e.textContent.trim()]);
})()"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab of headless Chromium."""
    folder = tmp_path_factory.mktemp("profile")
    with page_or_skip(folder, left_out="how e-mails look") as opened:
        yield opened


@pytest.fixture
def show(page: Page, tmp_path: Path):
    """Show an e-mail about a long order; *stripped* is as a program shows it that knows no style blocks."""

    def show(
        brand: Brand,
        width: int,
        scheme: Literal["light", "dark"] = "light",
        *,
        stripped: bool = False,
    ) -> Page:
        variant = Variant(brand=brand, template="confirmed", language="de")
        html = render(variant, "long").email.html or ""
        if stripped:
            html = re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
        (tmp_path / "email.html").write_text(html)
        page.show((tmp_path / "email.html").as_uri(), width=width, scheme=scheme)
        return page

    return show


@BRANDS
@pytest.mark.parametrize("width", [320, 390, 700])
@pytest.mark.parametrize("stripped", [False, True])
def test_nothing_has_to_be_scrolled_sideways(
    show, brand: Brand, width: int, *, stripped: bool
) -> None:
    shown = show(brand, width, stripped=stripped)
    assert [] == shown.evaluate(OUTSIDE)
    assert width >= shown.evaluate("document.documentElement.scrollWidth")


def as_hex(colour: str) -> str:
    return "#" + "".join(f"{int(each):02x}" for each in re.findall(r"\d+", colour)[:3])


def read(shown: Page) -> list[tuple[str, str, str]]:
    colours: list[Any] = shown.evaluate(COLOURS)
    assert len(colours) > 10
    return [(as_hex(text), as_hex(behind), said) for text, behind, said in colours]


@BRANDS
@pytest.mark.parametrize(
    ("scheme", "stripped"), [("light", False), ("light", True), ("dark", False)]
)
def test_every_text_can_be_read(
    show, brand: Brand, scheme: Literal["light", "dark"], *, stripped: bool
) -> None:
    for text, behind, said in read(show(brand, 390, scheme, stripped=stripped)):
        assert contrast(text, behind) >= ENOUGH, (said, text, behind)


@BRANDS
def test_without_its_style_block_it_has_the_same_colours(show, brand: Brand) -> None:
    assert read(show(brand, 700)) == read(show(brand, 700, stripped=True))


@BRANDS
def test_on_a_dark_screen_it_is_dark(show, brand: Brand) -> None:
    """Each colour is one of the dark ones: what keeps a light one would shine, or not be seen."""
    colours = {brand.dark.page, brand.dark.card, brand.dark.text, brand.dark.muted}
    colours |= {brand.dark.accent, brand.dark.on_accent}
    for text, behind, said in read(show(brand, 390, "dark")):
        assert {text, behind} <= colours, said


def test_on_a_phone_the_button_is_as_wide_as_the_text(show) -> None:
    width = "document.querySelector('{}').getBoundingClientRect().width"
    shown = show(NORDIC, 390)
    assert shown.evaluate(width.format(".button a")) == shown.evaluate(width.format("h1"))


def test_a_link_of_the_preview_opens_what_it_leads_to(page: Page, tmp_path: Path) -> None:
    (tmp_path / "templates.html").write_text(preview([]))
    page.show((tmp_path / "templates.html").as_uri(), width=700, scheme="light")
    last = "document.querySelector('body > details:last-of-type')"

    assert not page.evaluate(f"{last}.open")
    page.evaluate("document.querySelector('nav a:last-of-type').click()")

    assert page.evaluate(f"{last}.open")
    assert page.evaluate(f"{last}.querySelector('summary').getBoundingClientRect().top") >= 0
