"""Write the styles of an e-mail's layout into its elements, where mail programs read them. Used by `make emails` and `make check`.

`email.source.html` is what people edit; `email.html` beside it is what is sent. A colour stands in
the source as `var(--accent)`, or `var(--dark-accent)` for dark screens, and becomes the brand's.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import css_inline

from ordercast.templates import brands

LAYOUT = Path(brands.__file__).parent / "layout"
MADE_BY = "{# Made from email.source.html by `make emails`. #}\n"
STALE = "{} is not what its source says: run `make emails`."


def main() -> int:
    """Write each layout from its source; with `--check` name the first that is not what it says."""
    for source in _sources():
        target = source.with_name(source.name.removesuffix(brands.SOURCE) + ".html")
        made = inlined(source.read_text(encoding="utf-8"))
        if "--check" not in sys.argv:
            target.write_text(made, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != made:
            print(STALE.format(target), file=sys.stderr)  # noqa: T201 - said to a person
            return 1
    return 0


def inlined(source: str) -> str:
    """Return a Jinja template of HTML with its styles inlined.

    A style block marked `data-css-inline="ignore"` stays one: what only it can say, such as dark
    colours. It and Jinja's tags are comments meanwhile, which an HTML parser leaves where they are,
    even between the rows of a table. Raises `LookupError` for a colour that a brand does not have,
    and for a table without `<tbody>`, which a parser would add inside a loop.
    """
    hidden = _KEPT.sub(r"<!--\1-->", source)
    made = _INLINER.inline(hidden)
    if made.count("<tbody") != source.count("<tbody"):
        raise LookupError("a table has no <tbody>: write it round the rows, outside of any loop")
    shown = _HIDDEN.sub(r"\1", made).replace(' data-css-inline="ignore"', "")
    tidy = re.sub(r"\n{2,}", "\n", shown)
    return MADE_BY + _COLOUR.sub(_brand_colour, tidy).strip() + "\n"


_TAG = r"\{%.*?%\}|<style data-css-inline=\"ignore\">.*?</style>"
_KEPT = re.compile(f"({_TAG})", re.DOTALL)
_HIDDEN = re.compile(f"<!--({_TAG})-->", re.DOTALL)
_COLOUR = re.compile(r"var\(--(dark-)?([a-z-]+)\)")
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


def _brand_colour(match: re.Match[str]) -> str:
    colours, name = "dark" if match[1] else "colours", match[2].replace("-", "_")
    if name not in brands.Colours.__struct_fields__:
        raise LookupError(f"{match[0]}: a brand has the colours {brands.Colours.__struct_fields__}")
    return f"{{{{ brand.{colours}.{name} }}}}"


def _sources() -> Iterator[Path]:
    for folder in (LAYOUT, brands.FOLDER):
        yield from sorted(folder.rglob(f"*{brands.SOURCE}"))


if __name__ == "__main__":
    sys.exit(main())
