"""Every language has every template, and a template's version changes with its words."""

import re
from typing import Any

import jinja2
import pytest

from ordercast.templates import language_for, version_of, words
from tests.receipts.bodies import EVERY_VOICE, FOLDER, MAIL, TEXT, about


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
    assert language == language_for(status, locale)


def test_every_template_has_every_part_in_every_language_and_there_are_no_others() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    expected = {
        f"{template}/{language}/{part}"
        for template, language in EVERY_VOICE
        for part in ("subject.txt", "sms.txt", "email.txt", "email.html")
    }

    assert expected == {
        name
        for name in files
        if not name.startswith("layout/") and not name.endswith((".py", ".pyc"))
    }


class Sources:
    """Read the templates' files, and count the reads; a test may replace their content."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reads = 0
        self.changed: str | None = None
        read = jinja2.PackageLoader.get_source

        def get_source(loader: Any, environment: Any, name: str) -> Any:
            self.reads += 1
            source, *rest = read(loader, environment, name)
            return (source + " more" if name == self.changed else source, *rest)

        monkeypatch.setattr(jinja2.PackageLoader, "get_source", get_source)


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Sources:
    return Sources(monkeypatch)


@pytest.mark.parametrize(
    ("changed", "moves"),
    [
        ("confirmed/en/sms.txt", True),
        ("confirmed/en/email.html", True),
        ("layout/en/email.txt", True),
        ("layout/email.html", True),
        ("confirmed/sv/sms.txt", False),
        ("shipped/en/sms.txt", False),
        ("layout/sv/email.txt", False),
    ],
)
def test_a_version_moves_with_the_words_it_stands_for(
    sources: Sources, changed: str, *, moves: bool
) -> None:
    before = version_of("confirmed", "en")
    sources.changed = changed

    assert moves == (before != version_of.__wrapped__("confirmed", "en"))


def test_every_voice_has_a_version_of_its_own() -> None:
    versions = {version_of(template, language) for template, language in EVERY_VOICE}

    assert len(EVERY_VOICE) == len(versions)
    assert all(re.fullmatch("[0-9a-f]{8}", version) for version in versions)


def test_a_template_is_read_once_for_all_its_messages(sources: Sources) -> None:
    for _ in range(2):
        sources.reads = 0
        for draft in (TEXT, MAIL):
            words(about(draft))

    assert 0 == sources.reads
