"""Find what is wrong with templates and brands, before anybody is written to. Used by `templates lint`, `make check` and synthesis."""

from collections.abc import Iterable, Mapping

from ordercast.authoring.findings import Finding
from ordercast.authoring.lint_rendered import BUDGET, check_rendered
from ordercast.authoring.lint_words import check_words
from ordercast.templates.brands import Brand
from ordercast.templates.sms_text import Encoding


def lint(brands: Iterable[Brand] = (), *, budget: Mapping[Encoding, int] = BUDGET) -> list[Finding]:
    """Return what is wrong with the templates of all shops and of *brands*, each fault once.

    *budget* is the most parts of a text with long fields.
    """
    known = list(brands)
    return list(dict.fromkeys([*check_words(known), *check_rendered(known, budget)]))
