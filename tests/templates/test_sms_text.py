import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.templates.sms_text import Encoding, Parts, fits, normalise, parts

RECORDED = json.loads((Path(__file__).parents[1] / "recordings" / "sms_parts.json").read_text())

# Every character that `normalise` may change, beside what it must leave alone.
TYPOGRAPHIC = "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2212\u2026\u00a0\u202f\u00ad\u200b"
TEXTS = st.text(
    st.sampled_from("aZ09 .-'\"@_åÄé€[~\n" + TYPOGRAPHIC)
    | st.sampled_from("áçłЖ茶\u0301\u200d😀🇸")
    | st.characters(codec="utf-8"),
    max_size=400,
)


def recorded(rows: list[list[Any]]) -> dict[str, Parts]:
    return {
        "".join(run * times for run, times in runs): Parts(
            encoding=Encoding(encoding), units=units, parts=count
        )
        for runs, encoding, units, count in rows
    }


def test_parts_are_counted_as_a_calculator_of_note_counts_them() -> None:
    """Texts at the limit of a part, from 100,000 compared ones; `made` in the file says how.

    The calculator splits words, which never makes more parts.
    """
    texts = recorded(RECORDED["texts"])
    of_one_word = {text: each for text, each in texts.items() if not re.search(r"\s", text)}

    assert {} == {t: (each, parts(t)) for t, each in of_one_word.items() if each != parts(t)}
    assert {} == {t: (each, parts(t)) for t, each in texts.items() if each.parts > parts(t).parts}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 80 + " " + "b" * 79, 1),
        ("a" * 59 + " " + "l" * 200, 3),  # a link; split anywhere it would be 2
        ("a" * 100 + " " + "b" * 100 + " " + "c" * 100, 3),
        ("a" * 152 + " " + "b" * 153, 2),
        ("a" * 153 + " " + "b" * 153, 3),
        ("\u0436" * 40 + " " + "\u0436" * 40, 2),
        ("\u0436" * 40 + " " + "\u0436" * 40 + "\n" + "\u0436" * 40, 3),
    ],
)
def test_parts_end_between_words_as_sns_documents(text: str, count: int) -> None:
    assert count == parts(text).parts


def test_an_emoji_of_today_is_not_torn_though_the_calculator_does() -> None:
    """It knows Unicode 10; counting one part more at worst is what may be reserved."""
    for text, expected in recorded(RECORDED["torn"]).items():
        assert (expected.units, expected.parts + 1) == (parts(text).units, parts(text).parts)


def test_a_run_of_marks_longer_than_a_part_is_torn_after_all() -> None:
    """The calculator puts all of it in one part, and an empty one before."""
    assert 1 == parts("e" + "\u0301" * 69).parts
    assert 2 == parts("e" + "\u0301" * 133).parts
    assert 3 == parts("e" + "\u0301" * 134).parts


@given(TEXTS)
def test_a_text_costs_the_parts_its_units_need_or_little_more(text: str) -> None:
    """Of two parts in a row, words and unsplit characters leave less than one empty."""
    counted = parts(text)
    alone, joined, longest = (160, 153, 2) if counted.encoding is Encoding.GSM_7 else (70, 67, 67)

    assert (counted.parts == 1) == (counted.units <= alone)
    assert counted.parts * joined >= counted.units or counted.parts == 1
    assert counted.parts <= 1 + 2 * counted.units // (joined - longest + 1)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("\u201cTea\u201d \u2018n\u2019 caf\u00e9", "\"Tea\" 'n' café"),
        ("10\u201312 \u2212 5\u2011\u2014", "10-12 - 5--"),
        ("wait\u2026", "wait..."),
        ("42\u00a0\u20ac\u202f!", "42 € !"),
        ("Tee\u00adkanne\u200b\ufeff", "Teekanne"),
        ("caf" + "e\u0301" + " \u212bngstr" + "o\u0308" + "m", "café Ångström"),
        ("a\tb", "a b"),
    ],
)
def test_typographic_characters_become_plain_ones(written: str, sent: str) -> None:
    assert sent == normalise(written)
    assert Encoding.GSM_7 is parts(sent).encoding


@pytest.mark.parametrize(
    "text",
    [
        "\u201cЖёлтый\u201d",
        "Bragan\u00e7a\u2019s",
        "S\u00e1rk\u00f6zy\u2026",
        "Łódź \u2013 2",
        "\u00bd kg\u2026",
        "2 \u00d7 4\u00a0m",
        "\u00ab Tea \u00bb",
        "it\u00b4s",
        "👍\u2026",
        "\u0391\u0392",
    ],
)
def test_a_text_that_cannot_be_plain_stays_to_the_letter(text: str) -> None:
    """`ç` is not `c`, a Greek capital is not a Latin one, and a partial conversion saves nothing."""
    assert text == normalise(text)


def test_plain_dots_do_not_cost_a_part_that_the_ellipsis_does_not() -> None:
    assert "\u2026" * 70 == normalise("\u2026" * 70)
    assert "..." * 53 == normalise("\u2026" * 53)


@given(TEXTS)
def test_normalising_saves_or_changes_nothing(text: str) -> None:
    plain = normalise(text)

    assert plain == text or Encoding.GSM_7 is parts(plain).encoding
    assert parts(plain).parts <= parts(text).parts
    assert plain == normalise(plain)


@given(TEXTS)
def test_no_letter_or_digit_is_ever_changed(text: str) -> None:
    def letters(written: str) -> list[str]:
        composed = unicodedata.normalize("NFC", written)
        return [each for each in composed if unicodedata.category(each)[0] in "LN"]

    assert letters(text) == letters(normalise(text))


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_a_link_is_never_changed(link: str) -> None:
    assert link == normalise(link)


@given(TEXTS, TEXTS)
def test_what_is_to_stay_whole_is_never_changed(before: str, order_id: str) -> None:
    sent = normalise(before + order_id, whole=order_id)

    assert sent.endswith(order_id)
    assert sent in {normalise(before + order_id), before + order_id}


@pytest.mark.parametrize(
    ("text", "taken"),
    [("a" * 1600, True), ("a" * 1601, False), ("é" * 800, True), ("é" * 801, False), ("", True)],
)
def test_sns_takes_1600_bytes(text: str, taken: bool) -> None:  # noqa: FBT001 - a table's column
    assert taken == fits(text)
