"""Draw every page of the console, of a made-up stage: in out/console/, and the README's in docs/pictures.

Run by `make pictures` and `make pictures-console`: `python -m docs.pictures.draw_console`. Needs Chromium.
"""

import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import urlsplit

from ordercast.operations import acts
from tests.address_secret import use_test_secret
from tests.browser import Page, browser, chromium
from tests.console.example_stage import Example, example
from tests.console.served import served

HERE = Path(__file__).parent
OUT = Path("out/console")

PAGES = (
    *("/", "/messages?state=parked", "/parked", "/figures", "/find", "/pause"),
    *("/templates", "/settings", "/doctor", "/audit", "/no-such-page"),
)
Scheme = Literal["light", "dark"]
SHAPES: tuple[tuple[int, Scheme], ...] = (
    (1280, "light"),
    (1280, "dark"),
    (390, "light"),
    (390, "dark"),
)
TALLEST = 3000  # pixels


def main() -> None:
    """Draw each page, wide and narrow, light and dark."""
    program = chromium()
    if program is None:
        sys.exit("Chromium is not installed")
    OUT.mkdir(parents=True, exist_ok=True)
    use_test_secret()
    made = example()
    acts.audit_trail_of = lambda _: made.target.trail  # type: ignore[assignment]
    with (
        TemporaryDirectory() as temporary,
        served(made.stage()) as entry,
        browser(program, Path(temporary) / "profile") as page,
    ):
        base = f"http://{urlsplit(entry).netloc}"
        page.show(entry, width=1280, scheme="light")
        _wait(page, f"location.href === '{base}/'")
        for path in (*PAGES, _order(made)):
            for width, scheme in SHAPES:
                name = path.partition("?")[0].strip("/").partition("/")[0] or "now"
                _draw(page, base + path, OUT / f"{name}-{width}-{scheme}.png", width, scheme)
        _happen(made)
        _draw(page, f"{base}/", HERE / "console.png", 1000, "light")


def _happen(made: Example) -> None:
    """Let some messages go out between two looks, so that there are rates."""
    fresh = f"{made.now:%Y-%m-%dT%H}"
    for (key, _), amounts in made.target.counted.written.items():
        if key.hour == fresh:
            amounts |= {name: amounts.get(name, 0) + 3 for name in ("state#delivered", "taken")}
    made.now += timedelta(seconds=4)


def _order(made: Example) -> str:
    rows = made.target.world.ledger.rows.values()
    return next(f"/orders/{each.id[:22]}" for each in rows if each.order.order_id == "o-sent")


def _draw(page: Page, address: str, file: Path, width: int, scheme: Scheme) -> None:
    page.show(address, width=width, scheme=scheme)
    _wait(page, "!document.querySelector('[aria-busy=true]')")
    page.evaluate("document.querySelectorAll('details.looked').forEach(e => e.open = true)")
    page.evaluate("document.querySelectorAll('iframe').forEach(e => e.loading = 'eager')")
    page.wait_for("new Promise(drawn => setTimeout(drawn, 500, true))")  # of what is in frames
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}  # noqa: PLR2004
    page.call("Emulation.setDeviceMetricsOverride", **shape)
    file.write_bytes(page.picture())


def _wait(page: Page, expression: str) -> None:
    # Not by a promise in the page, which ends where that moves on.
    while not page.evaluate(f"document.readyState === 'complete' && {expression}"):
        pass


if __name__ == "__main__":
    main()
