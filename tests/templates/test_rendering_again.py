"""A message is rendered again as it was, from the sources that its version names."""

import json
import shutil
import zlib
from pathlib import Path
from unittest.mock import patch

import pytest
from jinja2.exceptions import SecurityError
from msgspec.structs import asdict, replace

from ordercast.templates import figures
from ordercast.templates.brands import NO_BRAND
from ordercast.templates.rendering import words
from ordercast.templates.rendering_again import rendered_again
from ordercast.templates.sources import sources_of
from ordercast.templates.versions import packed, unpacked, version_of
from tests.receipts.bodies import FOLDER, MAIL, TEXT, TYPICAL, about, each_voice, voiced
from tests.templates.review import templates_in


@each_voice
def test_an_older_version_gives_the_same_bytes_after_its_words_have_changed(
    template: str, language: str, tmp_path: Path
) -> None:
    drafts = [voiced(about(draft, **TYPICAL), template, language) for draft in (TEXT, MAIL)]
    sent = [words(each) for each in drafts]
    kept = [packed(each.sources) for each in sent if each.sources]
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    file = tmp_path / template / f"{language}.toml"
    file.write_text(file.read_text().replace("{{ order.order_id }}", "{{ order.order_id }}!"))
    (tmp_path / "layout" / "sms.txt").write_text("{{ words.sms }}")

    with templates_in(tmp_path):
        again = [rendered_again(each, made) for each, made in zip(drafts, kept, strict=True)]

        assert sent == [each.words for each in again]
        assert all(each.is_the_same for each in again)
        for each, was in zip(drafts, sent, strict=True):
            assert was != words(each)


def test_what_is_kept_is_small_and_comes_back_whole() -> None:
    sources = sources_of("confirmed", "sv", NO_BRAND)
    back, made_with = unpacked(packed(sources))

    assert len(packed(sources)) < 4096
    assert (sources.words, sources.skeletons) == (back.words, back.skeletons)
    assert version_of(sources) == version_of(back)
    assert figures.formatter() == made_with


def test_colours_that_a_brand_takes_from_the_default_are_kept_too() -> None:
    """The default of another release may differ."""
    _, written = json.loads(zlib.decompress(packed(sources_of("confirmed", "en", NO_BRAND))))
    brand = json.loads(written)["brand"]

    assert asdict(NO_BRAND.colours) == brand["colours"]
    assert asdict(NO_BRAND.dark) == brand["dark"]


def test_another_formatter_is_another_version_and_it_says_so() -> None:
    sources = sources_of("confirmed", "en", NO_BRAND)
    before, kept = version_of(sources), packed(sources)

    with patch.object(figures, "RULES", figures.RULES + 1):
        figures.formatter.cache_clear()
        assert before != version_of(sources)
        assert not rendered_again(MAIL, kept).is_the_same
    figures.formatter.cache_clear()


def test_what_comes_out_of_the_table_is_confined() -> None:
    """Whoever can write the table runs no code on the machine of who looks at it."""
    sources = sources_of("confirmed", "en", NO_BRAND)
    evil = {**sources.words, "sms": "{{ order.__class__.__mro__[1].__subclasses__() }}"}

    with pytest.raises(SecurityError):
        rendered_again(TEXT, packed(replace(sources, words=evil)))
