"""The report is one self-contained document with the figures of the rollups."""

import re
from datetime import timedelta
from html import unescape

from msgspec.structs import replace

from ordercast.operations.report.page import report
from ordercast.rollups.rollup import RollupInput, contribution, summed
from ordercast.rollups.statistics import in_all
from tests.busy_day import DAY, NEXT, busy_day, busy_lines


def page(*lines: RollupInput) -> str:
    buckets = summed(contribution(each) for each in lines)
    return report(buckets, stage="local", since=DAY, until=NEXT, made_at=NEXT)


def words(html: str) -> str:
    """What is read of it, in one line."""
    return " ".join(
        unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split()
    )


def table(html: str, name: str) -> list[list[str]]:
    """The rows of numbers below a plot."""
    section = html.partition(f'aria-labelledby="{name}-heading"')[2].partition("</section>")[0]
    body = section.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, flags=re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_the_page_makes_no_request() -> None:
    """No script, no address, nothing that a browser would fetch."""
    html = page(*busy_lines())

    assert not re.findall(r"<(script|link|img|iframe|object)\b|https?:|url\(|@import", html)
    assert "default-src 'none'" in html


def test_each_plot_has_a_title_a_description_and_its_numbers_as_a_table() -> None:
    html = page(*busy_lines())

    plots = re.findall(r'<svg role="img" aria-labelledby="(\S+) (\S+)"', html)
    drawn = [title.removesuffix("-title") for title, _ in plots]
    assert ["volumes", "rates", "funnel", "latencies", "suppressed", "costs", "places"] == drawn
    for name in (part for pair in plots for part in pair):
        assert 1 == html.count(f'id="{name}"')
    assert all(table(html, title.removesuffix("-title")) for title, _ in plots)


def test_the_numbers_are_those_of_the_rollups() -> None:
    html = page(*busy_lines())
    figures = in_all(busy_day().values())

    funnel = {row[0]: row[-1] for row in table(html, "funnel")}
    places = [int(row[-1]) for row in table(html, "places")]
    cost = sum(float(row[3]) for row in table(html, "costs"))
    assert str(figures.delivered) == funnel["Delivered"]
    assert str(figures.notifications) == funnel["All"]
    assert figures.notifications == sum(places)
    assert f"{figures.money.cost:.5f}" == f"{cost:.5f}"
    assert f"{figures.delivery_rate * 100:.1f} %" in words(html)  # type: ignore[operator]  # there is a rate


def test_what_failed_is_counted_by_the_reason_that_the_provider_gave() -> None:
    one = next(each for each in busy_lines() if each.state == "failed")
    reasons = ["Phone has blocked SMS", "Invalid phone number", "Phone has blocked SMS"]
    html = page(*(replace(one, id=f"n-{n}", rule=why) for n, why in enumerate(reasons)))

    assert ["Phone has blocked SMS", "2"] == [
        table(html, "failures")[0][0],
        table(html, "failures")[0][-1],
    ]


def test_messages_are_counted_by_the_hour_without_a_gap_where_there_were_none() -> None:
    first = next(each for each in busy_lines() if each.state == "delivered")
    late = first.bucket._replace(hour=f"{first.bucket.hour[:11]}23")
    html = page(first, replace(first, id="n-late", bucket=late))

    rows = table(html, "volumes")
    hours = 23 - int(first.bucket.hour[11:]) + 1
    assert hours == len(rows)
    assert 2 == sum(int(each) for row in rows for each in row[1:])


def test_other_reports_are_linked_by_their_file() -> None:
    html = report({}, stage="local", since=DAY, until=NEXT, made_at=NEXT, beside={"a.html": "A"})

    assert '<a href="a.html">A</a>' in html
    assert "<nav" not in page()


def test_a_country_without_a_known_price_is_named_and_not_called_free() -> None:
    one = replace(next(busy_lines(1)), taken=True, cost=None, cost_source=None)
    bucket = one.bucket._replace(country="IS")

    html = page(replace(one, bucket=bucket))

    assert [["IS", "0.00", "0.00", "0.00", "0.00", "1"]] == table(html, "costs")
    assert "IS + 1 unpriced" in html


def test_words_of_a_shop_or_a_provider_are_escaped() -> None:
    one = replace(next(busy_lines(1)), state="suppressed", rule="<script>&\"'")

    html = page(one)

    assert "<script" not in html
    assert "<script>&\"'" in words(html)


def test_a_period_of_months_is_drawn_by_the_day() -> None:
    """Thousands of points in a line tell nobody anything."""
    one = next(each for each in busy_lines() if each.state == "delivered")
    many = [
        replace(one, id=f"n-{n}", bucket=one.bucket._replace(hour=f"{moment.isoformat()[:13]}"))
        for n in range(500)
        if (moment := DAY + n * timedelta(hours=5))
    ]

    html = page(*many)

    assert "Delivery rate by channel and day" in html
    assert ["2026-03-02", "2026-06-13"] == [table(html, "rates")[end][0] for end in (0, -1)]


def test_a_period_without_anything_says_so_and_draws_nothing() -> None:
    html = page()

    assert "Nothing was accepted" in html
    assert "<svg" not in html
