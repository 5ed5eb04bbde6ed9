"""Render the console's pages, with times as both UTC and local. Used by every page."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ordercast.console.stage import ConsoleStage
from ordercast.operations.masking import masked
from ordercast.operations.units import count, dollars, length, percent, rate, sentence
from ordercast.queries.state_words import WHYS, words_of

PAGES = (
    ("/", "Now"),
    ("/messages", "Messages"),
    ("/parked", "Parked"),
    ("/figures", "Figures"),
    ("/find", "Find"),
    ("/templates", "Templates"),
    ("/settings", "Settings"),
    ("/doctor", "Doctor"),
    ("/audit", "Audit"),
)
"""The navigation, in order."""


def stage_of(request: Request) -> ConsoleStage:
    """Return the stage that the console shows."""
    found: ConsoleStage = request.app.state.stage
    return found


def shown(request: Request, name: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - what the page names
    """Return the page, or the part of one, of that name."""
    return HTMLResponse(rendered(stage_of(request), name, path=request.url.path, **values), status)


def rendered(stage: ConsoleStage, name: str, /, **values: Any) -> str:  # noqa: ANN401 - what the page names
    """Return the HTML of that name."""
    return _pages().get_template(name).render(stage=stage, pages=PAGES, **values)


def when(moment: datetime | None) -> Markup | str:
    """Return a time in UTC; the page's script writes the local one beside it."""
    if moment is None:
        return "-"
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}&nbsp;UTC</time>').format(
        utc.isoformat(timespec="milliseconds"), f"{utc:%Y-%m-%d %H:%M:%S}"
    )


@cache
def _pages() -> Environment:
    made = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("ordercast.console", "html"),
                PrefixLoader({"report": PackageLoader("ordercast.operations.report", "html")}),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        when=when,
        count=count,
        rate=rate,
        sentence=sentence,
        dollars=dollars,
        took=length,
        percent=percent,
    )
    made.filters.update(scope_words=words_of, why_words=WHYS.__getitem__)
    made.filters.update(masked=lambda address: masked(address) if address else "nobody")
    return made
