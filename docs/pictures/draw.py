"""Draw the pictures of the README from flow.svg and from what `ordercast demo` saved.

Run by `make pictures`, after a demo: `python -m docs.pictures.draw out/demo`. Needs Chromium.
"""

import json
import sys
from base64 import b64decode
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.browser import Page, browser, chromium

HERE = Path(__file__).parent
NO_DEMO = "{}: no demo was saved there; run `ordercast demo` first"


def main() -> None:
    """Draw all three."""
    demo = Path(sys.argv[1])
    program = chromium()
    if program is None:
        sys.exit("Chromium is not installed")
    if not (demo / "report.html").exists():
        sys.exit(NO_DEMO.format(demo))
    with TemporaryDirectory() as temporary, browser(program, Path(temporary) / "profile") as page:
        message = Path(temporary) / "message.html"
        message.write_text(_message_page(demo / "messages.jsonl"))
        _draw(page, HERE / "flow.svg", width=1180, height=470)
        _draw(page, message, width=600, height=620)
        _draw(page, demo / "report.html", width=1000, height=1030)


def _message_page(messages: Path) -> str:
    """Lay out the text message and the e-mail of the first order that got both with all details."""
    sent = [json.loads(line) for line in messages.read_text().splitlines()]
    texts = [each for each in sent if each["channel"] == "sms" and " is on its way" in each["text"]]
    emails = {each["subject"]: each for each in sent if each["channel"] == "email"}
    for text in texts:
        for subject, email in emails.items():
            if subject.startswith("Order ") and subject.split()[1] in text["text"]:
                return _filled(text, email)
    sys.exit(f"{messages}: no order got both a text message and an e-mail")


def _filled(text: dict[str, Any], email: dict[str, Any]) -> str:
    page = (HERE / "message.html").read_text()
    values = {"to": text["to"], "text": text["text"]}
    values |= {"subject": email["subject"], "html": email["html"]}
    for name, value in values.items():
        page = page.replace(f"{{{name}}}", escape(value))
    return page


def _draw(page: Page, source: Path, *, width: int, height: int) -> None:
    page.show(source.resolve().as_uri(), width=width, scheme="light")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = page.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    (HERE / f"{source.stem}.png").write_bytes(b64decode(shot["data"]))


if __name__ == "__main__":
    main()
