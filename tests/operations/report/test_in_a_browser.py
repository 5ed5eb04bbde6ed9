"""The report in headless Chromium: wide and narrow, light and dark."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ordercast.operations.report.page import report
from ordercast.rollups.rollup import RollupInput, contribution, summed
from tests.browser import Page, page_or_skip
from tests.busy_day import DAY, NEXT, busy_day, busy_lines

PHONE, DESK = 375, 1280

SEEN = (
    "[...document.querySelectorAll('main *, header *, footer *')].filter(e => e.checkVisibility())"
)
OUTSIDE = f"""{SEEN}.filter(e => !e.closest('.wide, title, desc'))
    .filter(e => {{ const b = e.getBoundingClientRect(); return b.right > innerWidth + 1 || b.left < -1; }})
    .map(e => e.outerHTML)"""
OVERLAPPING = """[...document.querySelectorAll('.plot')].flatMap(plot => {
    const boxes = [...plot.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
        .filter(([_, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2)
        .map(([other]) => `${one} / ${other}`));
})"""
CONTRASTS = """(() => {
    const parts = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = c => { const [r, g, b] = parts(c); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
    const card = getComputedStyle(document.querySelector('section')).backgroundColor;
    const least = (selector, name) => Math.min(...[...document.querySelectorAll(selector)]
        .map(e => ratio(getComputedStyle(e)[name], card)));
    return {words: least('section p, section h2, summary, .tiles *', 'color'),
            labels: least('.plot text', 'fill'),
            marks: least('rect.sms, circle.sms, rect.email, .carrier, .estimate', 'fill')};
})()"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab of headless Chromium."""
    folder = tmp_path_factory.mktemp("profile")
    with page_or_skip(folder, left_out="how the report looks") as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A day's report, as a file."""
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    written = report(busy_day(), stage="local", since=DAY, until=NEXT, made_at=NEXT)
    file.write_text(written, encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_has_to_be_scrolled_sideways(page: Page, address: str, width: int) -> None:
    """Also with every table of numbers open: one that is wider scrolls by itself."""
    page.show(address, width=width, scheme="light")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert width == page.evaluate("document.documentElement.scrollWidth")
    assert [] == page.evaluate(OUTSIDE)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_word_of_a_plot_lies_over_another(page: Page, address: str, width: int) -> None:
    page.show(address, width=width, scheme="light")

    assert [] == page.evaluate(OVERLAPPING)


@pytest.mark.parametrize("longest", [timedelta(milliseconds=999), timedelta(minutes=59.9)])
def test_no_length_of_time_lies_over_the_name_of_its_step(
    page: Page, tmp_path: Path, longest: timedelta
) -> None:
    """Also where all take milliseconds, the widest of words, as in a day that was just played."""
    file = tmp_path / "report.html"
    buckets = summed(contribution(each) for each in _in_milliseconds(longest))
    file.write_text(report(buckets, stage="local", since=DAY, until=NEXT, made_at=NEXT))
    page.show(file.as_uri(), width=PHONE, scheme="light")

    assert [] == page.evaluate(OVERLAPPING)


def _in_milliseconds(longest: timedelta) -> Iterator[RollupInput]:
    """Each step takes 502 ms, but in 3 % *longest*."""
    for number, each in enumerate(busy_lines()):
        took = longest if number % 30 == 0 else timedelta(milliseconds=502)
        sent = each.effective_at + took
        happened = each.effective_at - took
        yield replace(each, occurred_at=happened, sent_at=sent, delivered_at=sent + took)


def test_plots_are_as_wide_as_their_cards_and_their_words_as_large_as_others(
    page: Page, address: str
) -> None:
    for width in (PHONE, DESK):
        page.show(address, width=width, scheme="light")
        gaps = page.evaluate(
            "[...document.querySelectorAll('.plot')].map(p => "
            "p.closest('section').getBoundingClientRect().right - p.getBoundingClientRect().right)"
        )
        sizes = page.evaluate(
            "[...document.querySelectorAll('.plot text')].map(t => t.getBoundingClientRect().height)"
        )
        assert all(10 < gap < 30 for gap in gaps), gaps
        assert min(sizes) > 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_distinguished_from_its_ground(page: Page, address: str, scheme) -> None:
    """WCAG 2.2: 4.5 for words (1.4.3), 3 for what drawings are made of (1.4.11)."""
    page.show(address, width=DESK, scheme=scheme)

    ratios = page.evaluate(CONTRASTS)

    assert ratios["words"] >= 4.5
    assert ratios["labels"] >= 4.5
    assert ratios["marks"] >= 3


def test_the_dark_page_is_dark_and_the_light_one_light(page: Page, address: str) -> None:
    ground = {}
    for scheme in ("light", "dark"):
        page.show(address, width=DESK, scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        ground[scheme] = sum(int(each) for each in colour.strip("rgb()").split(","))

    assert ground["light"] > 600
    assert ground["dark"] < 100


def test_a_screen_reader_reads_each_plot_and_each_point(page: Page, address: str) -> None:
    page.show(address, width=DESK, scheme="light")

    names = page.accessible_names()

    assert 7 == sum(each.startswith("image: ") for each in names)
    assert any(" of " in each and "03-02 14:00" in each for each in names)


def test_the_browser_asks_for_the_file_and_nothing_else_and_finds_nothing_wrong(
    page: Page, address: str
) -> None:
    page.requests.clear()
    page.errors_console.clear()

    page.show(address, width=DESK, scheme="light")

    assert ([address], []) == (page.requests, page.errors_console)
