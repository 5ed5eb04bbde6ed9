"""Draw each template as readers see it, for docs/templates.md. Run by `make pictures`; needs Chromium.

A picture has the e-mail on a light screen and on a dark one, 390 pixels wide, and the text message.
Of one template there is also what a wide window shows, with styles and in a program that drops them.
"""

import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from ordercast.authoring.catalogue import Variant, variants
from ordercast.authoring.lint_rendered import render
from ordercast.templates.brands import Brand, read_brands
from ordercast.templates.sms_text import parts
from ordercast.templates.sources import DEFAULT_LANGUAGE
from tests.browser import Page, browser, chromium

HERE = Path(__file__).parent / "templates"
EXAMPLES = Path(__file__).parents[2] / "examples" / "brands"
WIDE, NARROW = 700, 390


def main() -> None:
    """Draw all of them; those of templates that are gone are removed."""
    program = chromium()
    if program is None:
        sys.exit("Chromium is not installed")
    HERE.mkdir(exist_ok=True)
    for old in HERE.glob("*.png"):
        old.unlink()
    with TemporaryDirectory() as temporary, browser(program, Path(temporary) / "profile") as page:
        for name, html in _pictures():
            _draw(page, Path(temporary) / f"{name}.html", html)


def _pictures() -> Iterator[tuple[str, str]]:
    brands = read_brands(EXAMPLES)
    known = [each for each in variants(brands.values()) if each.language == DEFAULT_LANGUAGE]
    for variant in known:
        if not variant.brand.folder:
            yield variant.template, _on_phones(variant)
    for name, brand in brands.items():
        yield name, _on_phones(_own(known, brand))
        yield f"{name}-wide", _in_windows(_own(known, brand))


def _own(known: list[Variant], brand: Brand) -> Variant:
    return next(each for each in known if each.brand is brand and each.template in brand.statuses)


def _on_phones(variant: Variant) -> str:
    made = render(variant, "typical")
    counted, email = parts(made.text.text), _without_pictures(made.email.html or "")
    billed = f"{counted.parts} part{'s' if counted.parts > 1 else ''}, {counted.encoding}"
    bubble = f'<p class="bubble">{escape(made.text.text)}</p><p class="quiet">{billed}</p>'
    return _page(_frame(email, NARROW) + _frame(email, NARROW, dark=True), bubble)


def _in_windows(variant: Variant) -> str:
    email = _without_pictures(render(variant, "typical").email.html or "")
    stripped = re.sub("<style>.*?</style>", "", email, flags=re.DOTALL)
    return _page(_frame(email, WIDE) + _frame(stripped, NARROW), "")


def _without_pictures(email: str) -> str:
    """Show a logo's text, as for a reader whose program loads no pictures."""
    return re.sub(r'<img [^>]*alt="([^"]*)"[^>]*>', r"\1", email)


def _frame(email: str, width: int, *, dark: bool = False) -> str:
    shown = email.replace("(prefers-color-scheme: dark)", "all") if dark else email
    return f'<iframe width="{width}" srcdoc="{escape(shown)}"></iframe>'


def _page(frames: str, below: str) -> str:
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><main>{frames}</main>{below}"


_STYLE = """
  body { display: inline-block; margin: 0; padding: 16px; background: #ffffff; font: 15px/1.45 Arial, sans-serif; }
  main { display: flex; gap: 16px; align-items: flex-start; }
  iframe { border: 1px solid #d1d5db; border-radius: 10px; }
  .bubble { width: 300px; margin: 16px 0 4px; padding: 9px 14px; border-radius: 18px 18px 18px 4px;
            background: #e5e5ea; color: #111827; overflow-wrap: anywhere; }
  .quiet { margin: 0; color: #4b5563; font-size: 13px; }
"""
# As high as what is in it.
_FIT = """
  document.querySelectorAll("iframe").forEach(each =>
    each.style.height = each.contentDocument.body.scrollHeight + "px");
"""


def _draw(page: Page, file: Path, html: str) -> None:
    file.write_text(html, encoding="utf-8")
    page.show(file.as_uri(), width=1200, scheme="light")
    page.evaluate(_FIT)
    size = page.evaluate("[document.body.offsetWidth, document.body.offsetHeight]")
    clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
    shot = page.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    (HERE / f"{file.stem}.png").write_bytes(b64decode(shot["data"]))


if __name__ == "__main__":
    main()
