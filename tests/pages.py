"""Read the snippets of our pages by heading and language. Used by tests that run them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted(["README.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))])

NO_CODE = "text"
"""The language of a drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """What stands between two fences; `language` is empty for what is typed into a shell."""

    page: str
    heading: str
    language: str
    text: str


def snippets(page: str, *, heading: str | None = None, language: str = "") -> list[str]:
    """Return what the page shows in that language, under one heading or anywhere."""
    return [
        each.text
        for each in all_snippets(page)
        if each.language == language and heading in {None, each.heading}
    ]


def all_snippets(page: str) -> Iterator[Snippet]:
    """Yield everything between fences of a page."""
    heading = ""
    for found in _HEADING_OR_FENCE.finditer((ROOT / page).read_text()):
        heading = found["heading"] or heading
        if found["text"] is not None:
            yield Snippet(
                page=page, heading=heading, language=found["language"], text=found["text"]
            )


_HEADING_OR_FENCE = re.compile(
    r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w*)\n(?P<text>.+?)^```$", re.MULTILINE | re.DOTALL
)
