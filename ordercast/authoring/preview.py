"""Show every template, in every language and brand, on one page. Used by `templates preview`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from ordercast.authoring.catalogue import variants
from ordercast.authoring.lint_rendered import Rendering, render
from ordercast.templates.brands import NO_BRAND, Brand
from ordercast.templates.sms_text import parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One template of one brand, in all its languages."""

    brand: Brand
    template: str
    renderings: list[Rendering]


def preview(brands: Iterable[Brand]) -> str:
    """Return one HTML page, which loads nothing but the logos of brands.

    Raises what Jinja raises for a template that cannot be rendered: lint says which.
    """
    written = files("ordercast.authoring").joinpath("preview.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(written).render(groups=list(_groups(brands)), parts=parts)


def _groups(brands: Iterable[Brand]) -> Iterator[Group]:
    known = variants(brands)
    for brand, template in dict.fromkeys((each.brand, each.template) for each in known):
        same = (each for each in known if (each.brand, each.template) == (brand, template))
        renderings = [render(each, "typical") for each in same]
        yield Group(brand=brand, template=template, renderings=renderings)


def title(brand: Brand) -> str:
    """Return what a brand is called in lists."""
    return brand.folder if brand is not NO_BRAND else "all shops"
