"""Read what a person meets in an e-mail's HTML: pictures, links, and text on its background. Used by lint."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from ordercast.authoring.dark_rules import Element, dark_rules, declarations

ENOUGH = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_UNSEEN = frozenset({"head", "script", "style", "title"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColours:
    """The colours of text and what is behind it, such as `#1d4ed8`."""

    text: str = "#000000"
    background: str = "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """An element that is open."""

    element: Element = ("", frozenset())
    light: TextColours = TextColours()
    dark: TextColours = TextColours()
    is_seen: bool = True


class Markup(HTMLParser):
    """The pictures without a text for those who do not see them, the links, the texts and their colours.

    `seen` are the texts between tags, as they stand; `light` and `dark` are their colours on light
    and dark screens; what is not displayed counts for nothing. `unread` are colours that are not
    in figures. It reads styles in elements, as `make emails` writes them, and for dark screens
    the style block.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.without_alt: list[str] = []
        self.links: list[str] = []
        self.seen: list[str] = []
        self.light: set[TextColours] = set()
        self.dark: set[TextColours] = set()
        self.unread: set[str] = set()
        self._rules = dark_rules(html)
        self._inside = [_Around()]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the colours that an element sets, or those around it."""
        known = {name: value or "" for name, value in attrs}
        if tag == "img" and not known.get("alt", "").strip():
            self.without_alt.append(known.get("src", ""))
        if "href" in known:
            self.links.append(known["href"])
        if tag not in _VOID:
            self._inside.append(self._opened(tag, known))

    def _opened(self, tag: str, known: Mapping[str, str]) -> _Around:
        outer, style = self._inside[-1], declarations(known.get("style", ""))
        element = (tag, frozenset(known.get("class", "").split()))
        hidden = tag in _UNSEEN or style.get("display", "") == "none"
        own = {"background-color": known.get("bgcolor", "")} | style
        dark = self._on_dark_screens([*(each.element for each in self._inside[1:]), element], style)
        return _Around(
            element=element,
            light=self._within(outer.light, own),
            dark=self._within(outer.dark, own | dark),
            is_seen=outer.is_seen and not hidden,
        )

    def _on_dark_screens(self, path: Sequence[Element], style: Mapping[str, str]) -> dict[str, str]:
        """Return what the rules set: those that are important, and what the element's own *style* does not."""
        found = [rule.declared for rule in self._rules if rule.fits(path)]
        plain = {name: value for each in found for name, value in each.items() if name not in style}
        important = {
            name: value
            for each in found
            for name, value in each.items()
            if value.endswith("!important")
        }
        return plain | important

    def _within(self, outer: TextColours, style: Mapping[str, str]) -> TextColours:
        background = style.get("background-color") or style.get("background")
        return TextColours(
            text=self._colour(style.get("color")) or outer.text,
            background=self._colour(background) or outer.background,
        )

    def _colour(self, written: str | None) -> str | None:
        """Return a colour as `#rrggbb`; None where it is that around, or not in figures."""
        plain = (written or "").removesuffix("!important").strip().lower()
        if not plain or plain in _OF_AROUND:
            return None
        if digits := re.search(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", plain):
            short = len(digits[1]) == len("rgb")
            return "#" + ("".join(2 * each for each in digits[1]) if short else digits[1])
        if figures := _RGB.search(plain):
            return "#" + "".join(f"{min(int(each), 255):02x}" for each in figures.groups())
        self.unread.add(plain)
        return None

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and all in it that was not closed."""
        places = [place for place, each in enumerate(self._inside) if each.element[0] == tag]
        if places:
            del self._inside[places[-1] :]

    def handle_data(self, data: str) -> None:
        """Note text that is seen, and its colours."""
        around = self._inside[-1]
        if around.is_seen and data.strip(_SPACES):
            self.seen.append(data)
            self.light.add(around.light)
            self.dark.add(around.dark)


_RGB = re.compile(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)")
_OF_AROUND = frozenset({"inherit", "transparent", "none", "currentcolor"})
_SPACES = " \n\t\xa0\u200c\u034f"


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
