"""Every language has every template, and a template's version changes with its words."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordercast.templates.brands import NO_BRAND
from ordercast.templates.inlining import NoSuchWords
from ordercast.templates.languages import language_for
from ordercast.templates.rendering import words
from ordercast.templates.sources import languages_of, sources_of
from ordercast.templates.statuses import template_for
from ordercast.templates.versions import version_of
from ordercast.templates.words import TemplateFailed
from tests.receipts.bodies import EVERY_VOICE, FOLDER, LANGUAGES, MAIL, TEXT, about, each_voice
from tests.templates.review import templates_in

WORDS = ("subject", "preheader", "heading", "lead", "total", "colon", "button", "reason", "sms")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *((any_english, "en") for any_english in ("en", "en-US", "EN_gb")),
        *((any_swedish, "sv") for any_swedish in ("sv", "sv-SE", "SV_fi")),
        *((unknown, "en") for unknown in (None, "", "-", "tlh", "../sv")),
    ],
)
@pytest.mark.parametrize("status", ["confirmed", "refunded", "brewed"])
def test_a_locale_is_answered_in_its_language_or_in_english(
    status: str, locale: str | None, language: str
) -> None:
    assert language == language_for(template_for(status, None), locale, NO_BRAND)


@each_voice
def test_every_template_has_all_its_words_in_every_language(template: str, language: str) -> None:
    made_of = sources_of(template, language, NO_BRAND)

    assert language in languages_of(template, NO_BRAND)
    assert set(WORDS) <= set(made_of.words)
    assert {"footer"} == {key for key, words in made_of.words.items() if not words}
    assert [] == [k for k, each in made_of.words.items() if each.strip() != each and k != "colon"]
    assert made_of.words["colon"] == ("\u00a0:" if language == "fr" else ":")


def test_there_are_words_for_templates_that_there_are_and_no_others() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.toml")}
    layout = {f"layout/{language}.toml" for language in LANGUAGES}

    assert files == layout | {f"{template}/{language}.toml" for template, language in EVERY_VOICE}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A copy of the templates that a test may change."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    with templates_in(tmp_path):
        yield tmp_path


@pytest.mark.parametrize(
    ("changed", "moves"),
    [
        ("confirmed/en.toml", True),
        ("layout/en.toml", True),
        ("layout/email.html", True),
        ("layout/sms.txt", True),
        ("confirmed/sv.toml", False),
        ("shipped/en.toml", False),
        ("layout/sv.toml", False),
    ],
)
def test_a_version_moves_with_the_words_it_stands_for(
    elsewhere: Path, changed: str, *, moves: bool
) -> None:
    before = version_of(sources_of("confirmed", "en", NO_BRAND))
    file = elsewhere / changed
    file.write_text(file.read_text().replace("order", "parcel").replace("beställning", "paket"))

    with templates_in(elsewhere):
        assert moves == (before != version_of(sources_of("confirmed", "en", NO_BRAND)))


def test_every_voice_has_a_version_of_its_own() -> None:
    versions = {
        version_of(sources_of(template, language, NO_BRAND)) for template, language in EVERY_VOICE
    }

    assert len(EVERY_VOICE) == len(versions)
    assert all(re.fullmatch(r"[\w-]+-[0-9a-f]{10}", version) for version in versions)


def test_a_template_is_read_once_for_all_its_messages(elsewhere: Path) -> None:
    first = [words(about(draft)) for draft in (TEXT, MAIL)]
    shutil.rmtree(elsewhere)

    assert first == [words(about(draft)) for draft in (TEXT, MAIL)]


def test_a_skeleton_s_place_without_words_is_named(elsewhere: Path) -> None:
    (elsewhere / "layout" / "sms.txt").write_text("{{ words.sms }} {{ words.goodbye }}")

    with pytest.raises(TemplateFailed, match="NoSuchWords:confirmed/en") as failed:
        words(about(TEXT))
    assert isinstance(failed.value.__cause__, NoSuchWords)
    assert "sms.txt has a place for `words.goodbye`" in str(failed.value.__cause__)
