"""List everything that is written: each template, in each language, for each brand. Used by lint, the preview and the commands."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ordercast.templates import sources, statuses
from ordercast.templates.brands import NO_BRAND, Brand
from ordercast.templates.sources import DEFAULT_LANGUAGE, LAYOUT, languages_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One template, as one brand says it in one language; `brand` is `NO_BRAND` for all other shops."""

    brand: Brand
    template: str
    language: str

    @property
    def file(self) -> str:
        """Where its words are, from the folder of the checkout; the brand's own file if it has one."""
        name = f"{self.template}/{self.language}.toml"
        return file_of(self.brand if name in self.brand.files else NO_BRAND, name)


def file_of(brand: Brand, name: str) -> str:
    """Return the path of a brand's file, or of the file of that name that all shops share."""
    return f"brands/{brand.folder}/{name}" if brand.folder else f"ordercast/templates/{name}"


def skeleton_file(brand: Brand, part: str) -> str:
    """Return the path of a part's skeleton: the brand's own, or that of all shops."""
    return file_of(brand, part) if part in brand.files else file_of(NO_BRAND, f"{LAYOUT}/{part}")


def templates_of(brand: Brand) -> list[str]:
    """Return the templates that a brand's messages may have: those of all shops, and its own statuses."""
    return list(dict.fromkeys([*statuses.TEMPLATES, *brand.statuses]))


def variants(brands: Iterable[Brand]) -> list[Variant]:
    """Return all that may be said to anybody, that of no brand first."""
    return [each for brand in (NO_BRAND, *brands) for each in variants_of(brand)]


def variants_of(brand: Brand) -> list[Variant]:
    """Return all that one brand may say."""
    return [
        Variant(brand=brand, template=template, language=language)
        for template in templates_of(brand)
        for language in spoken_in(template, brand)
    ]


def spoken_in(template: str, brand: Brand) -> list[str]:
    """Return the languages of a template, the default one first."""
    return sorted(languages_of(template, brand), key=_default_first)


def complete_languages(brand: Brand) -> list[str]:
    """Return the languages that each template of a brand, or of all shops, has to be written in.

    They are all that some template is written in: its readers read every status in them. A
    language with a parent that is there, such as `de-AT`, has what differs, and is none of them.
    """
    written = (languages_of(name, brand) for name in (LAYOUT, *templates_of(brand)))
    spoken = {each for languages in written for each in languages} | {DEFAULT_LANGUAGE}
    return sorted(each for each in spoken if each.rpartition("-")[0] not in spoken)


def words_in(brand: Brand, template: str, language: str) -> Mapping[str, Any]:
    """Return what one file says, a brand's own or that of all shops; nothing where there is none.

    Raises `tomllib.TOMLDecodeError`.
    """
    name = f"{template}/{language}.toml"
    return brand.toml(name) if brand.folder else tomllib.loads(sources.shared_text(name))


def shared_files() -> list[str]:
    """Return the files of words that all shops share, by their path in the folder of templates."""
    folder = sources.FOLDER
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*.toml"))


def _default_first(language: str) -> tuple[bool, str]:
    return language != DEFAULT_LANGUAGE, language
