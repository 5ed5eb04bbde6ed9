"""Refuse to deploy a template or a brand that could not be rendered, or that lint finds a fault in. Used by app.py."""

from functools import cache

from ordercast.authoring.lint import lint
from ordercast.templates import brands
from ordercast.templates.brands import BadBrand, read_brands


class BadTemplates(Exception):
    """Templates or brands cannot be deployed. The message has one line for each fault."""


@cache
def refuse_faults() -> None:
    """Raise `BadTemplates` if there is a fault."""
    try:
        known = read_brands(brands.FOLDER)
    except BadBrand as error:
        raise BadTemplates(str(error)) from None
    if faults := lint(known.values()):
        raise BadTemplates("\n".join(map(str, faults)))
