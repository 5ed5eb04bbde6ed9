"""Read what messages are made of: words by template and language, and skeletons. Used by the renderer."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from ordercast.templates.statuses import template_for

DEFAULT_LANGUAGE = "en"

SKELETONS = ("email.html", "email.txt", "sms.txt")
"""The parts of a message, in `layout`; in each, `{{ words.heading }}` stands for words of that key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All that one template says in one language is made of: Jinja, by key and by part."""

    template: str
    language: str
    words: Mapping[str, str]
    skeletons: Mapping[str, str]


def folders() -> tuple[Path, ...]:
    """Return where templates are; of a file that is in several, the last is read."""
    return (Path(__file__).parent,)


def language_for(status: str, locale: str | None) -> str:
    """Return the language of a BCP 47 *locale*, `sv` for `sv-FI`, or the default language."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in languages_of(template_for(status)) else DEFAULT_LANGUAGE


@cache
def languages_of(template: str) -> frozenset[str]:
    """Return the languages that *template* is written in."""
    return frozenset(path.stem for each in folders() for path in (each / template).glob("*.toml"))


@cache
def sources_of(template: str, language: str) -> Sources:
    """Read *template* in *language*; its own words come before those that all messages share."""
    frame = tomllib.loads(_read(f"layout/{language}.toml"))
    own = tomllib.loads(_read(f"{template}/{language}.toml"))
    return Sources(
        template=template,
        language=language,
        words=frame | own,
        skeletons={part: _read(f"layout/{part}") for part in SKELETONS},
    )


@cache
def version_of(template: str, language: str) -> str:
    """Return eight characters that change with anything that *template* is made of."""
    made_of = sources_of(template, language)
    texts = [*sorted(made_of.words.items()), *sorted(made_of.skeletons.items())]
    return sha256(repr((language, texts)).encode()).hexdigest()[:8]


def _read(name: str) -> str:
    found = [path for each in folders() if (path := each / name).is_file()]
    if not found:
        raise FileNotFoundError(name)
    return found[-1].read_text(encoding="utf-8")
