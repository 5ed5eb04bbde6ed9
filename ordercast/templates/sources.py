"""Read what messages are made of: words by template and language, and skeletons. Used by the renderer."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePath

from msgspec import Struct

from ordercast.templates.brands import Brand

FOLDER = Path(__file__).parent
"""Where the templates of all shops are."""

DEFAULT_LANGUAGE = "en"

LAYOUT = "layout"
"""The folder of what all templates share."""

SKELETONS = ("email.html", "email.txt", "sms.txt")
"""The parts of a message, in `layout`; in each, `{{ words.heading }}` stands for words of that key."""


class Sources(Struct, frozen=True, kw_only=True):
    """All that one template says in one language is made of: Jinja, by key and by part."""

    template: str
    language: str
    brand: Brand
    words: Mapping[str, str]
    skeletons: Mapping[str, str]


@cache
def languages_of(template: str, brand: Brand) -> frozenset[str]:
    """Return the languages that *template* is written in, for all shops or by the brand."""
    own = (path for each in brand.files if str((path := PurePath(each)).parent) == template)
    return frozenset(path.stem for path in (*(FOLDER / template).glob("*.toml"), *own))


@cache
def sources_of(template: str, language: str, brand: Brand) -> Sources:
    """Read *template* in *language*; its own words come before those that all messages share.

    Each word of the brand's own stands for that of all shops, and so does each skeleton.
    """
    shared = {"footer": brand.footer, **_words(LAYOUT, language, brand)}
    own = _words(template, language, brand)
    if not own:
        raise FileNotFoundError(f"{template}/{language}.toml")
    return Sources(
        template=template,
        language=language,
        brand=brand,
        words={**shared, **own},
        skeletons={part: skeleton_of(part, brand) for part in SKELETONS},
    )


def skeleton_of(part: str, brand: Brand) -> str:
    """Return a part of a message without its words, the brand's own if it has one.

    The brand's colours are put in here: they are the same in each message, and there are dozens.
    """
    written = brand.files.get(part) or shared_text(f"{LAYOUT}/{part}")
    return _COLOUR.sub(lambda at: getattr(getattr(brand, at[1]), at[2], at[0]), written)


_COLOUR = re.compile(r"\{\{ brand\.(colours|dark)\.(\w+) \}\}")


def _words(folder: str, language: str, brand: Brand) -> dict[str, str]:
    """Return the words of a folder: those of `de-AT` stand for those of `de`, a brand's for all shops'."""
    parts = language.split("-")
    names = [f"{folder}/{'-'.join(parts[: upto + 1])}.toml" for upto in range(len(parts))]
    shared = {key: text for name in names for key, text in tomllib.loads(shared_text(name)).items()}
    return shared | {key: text for name in names for key, text in brand.toml(name).items()}


def shared_text(name: str) -> str:
    """Return the text of a file of all shops; empty where there is none."""
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
