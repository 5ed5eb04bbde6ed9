"""Read what a person meets in an e-mail's HTML: pictures, links, and text on its background. Used by lint."""

import re
from html.parser import HTMLParser

ENOUGH = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_UNSEEN = frozenset({"head", "script", "style", "title"})


class Markup(HTMLParser):
    """The pictures without a text for those who do not see them, the links, the texts and their colours.

    `seen` are the texts between tags, as they stand; `colours` are pairs of text and background; what is not displayed counts for nothing. It reads
    styles in elements, as `make emails` writes them.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.without_alt: list[str] = []
        self.links: list[str] = []
        self.seen: list[str] = []
        self.colours: set[tuple[str, str]] = set()
        self._inside: list[tuple[str, str, str, bool]] = [("", "#000000", "#ffffff", True)]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the colours that an element sets, or those around it."""
        known = {name: value or "" for name, value in attrs}
        if tag == "img" and not known.get("alt", "").strip():
            self.without_alt.append(known.get("src", ""))
        if "href" in known:
            self.links.append(known["href"])
        _, text, background, seen = self._inside[-1]
        style = dict(_STYLE.findall(known.get("style", "")))
        text = _hex(style.get("color")) or text
        background = _hex(style.get("background-color")) or _hex(known.get("bgcolor")) or background
        hidden = tag in _UNSEEN or style.get("display", "").strip() == "none"
        if tag not in _VOID:
            self._inside.append((tag, text, background, seen and not hidden))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and all in it that was not closed."""
        places = [place for place, each in enumerate(self._inside) if each[0] == tag]
        if places:
            del self._inside[places[-1] :]

    def handle_data(self, data: str) -> None:
        """Note text that is seen, and its colours."""
        _, text, background, seen = self._inside[-1]
        if seen and data.strip(_SPACES):
            self.seen.append(data)
            self.colours.add((text, background))


_STYLE = re.compile(r"(?:^|;)\s*([a-z-]+)\s*:\s*([^;]+)")
_SPACES = " \n\t\xa0\u200c\u034f"


def _hex(written: str | None) -> str | None:
    match = re.match(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", (written or "").strip())
    if match is None:
        return None
    digits = match[1] if len(match[1]) == len("rrggbb") else "".join(2 * each for each in match[1])
    return f"#{digits.lower()}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours such as `#1d4ed8`, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= _NEARLY_BLACK else ((value + 0.055) / 1.055) ** 2.4


_NEARLY_BLACK = 0.04045
