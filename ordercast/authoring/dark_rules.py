"""Read the colours that a layout's style block sets for dark screens, element by element. Used by lint."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Element = tuple[str, frozenset[str]]
"""A tag and its classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkRule:
    """What is set for the elements of one selector, such as `.foot p`: elements, each inside of the one before."""

    selector: tuple[Element, ...]
    declared: Mapping[str, str]

    @property
    def weight(self) -> tuple[int, int]:
        """How many classes and tags it names: the rule with more goes first (CSS, "specificity")."""
        return (
            sum(len(classes) for _, classes in self.selector),
            sum(tag != "" for tag, _ in self.selector),
        )

    def fits(self, path: Sequence[Element]) -> bool:
        """Tell whether the last element of *path*, from the outermost to it, is one of the selector's."""
        *around, own = self.selector
        outer = iter(path[:-1])
        return _is(path[-1], own) and all(any(_is(it, each) for it in outer) for each in around)


def _is(element: Element, asked: Element) -> bool:
    return asked[0] in {"", element[0]} and asked[1] <= element[1]


def dark_rules(html: str) -> list[DarkRule]:
    """Return the rules for dark screens, the one that goes first last.

    It reads selectors of tags, classes and what is inside of them; others, such as those of
    Outlook's own attributes, are left out.
    """
    css = re.sub(r"/\*.*?\*/", "", "\n".join(_STYLE_BLOCK.findall(html)), flags=re.DOTALL)
    return sorted(_rules("".join(_DARK.findall(css))), key=lambda rule: rule.weight)


def declarations(style: str) -> dict[str, str]:
    """Return what a style declares, by property."""
    return {name: value.strip() for name, value in _DECLARED.findall(style)}


def _rules(css: str) -> Iterator[DarkRule]:
    for selectors, style in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        for each in selectors.split(","):
            parts = [_COMPOUND.fullmatch(part) for part in each.split()]
            found = [(part[1], frozenset(part[2].split(".")[1:])) for part in parts if part]
            if found and len(found) == len(parts):
                yield DarkRule(selector=tuple(found), declared=declarations(style))


_STYLE_BLOCK = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
_COMPOUND = re.compile(r"([a-z][a-z0-9]*|)((?:\.[\w-]+)*)")
_DECLARED = re.compile(r"(?:^|;)\s*([a-z-]+)\s*:\s*([^;]+)")
