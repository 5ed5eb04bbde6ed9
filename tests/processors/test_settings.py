"""Processors read quiet hours and allowed recipients from a stage's settings."""

from datetime import time

import pytest

from ordercast.people.person import QuietHours
from ordercast.settings.processors import quiet_hours, recipient_patterns


def test_quiet_hours_are_two_times_of_the_day() -> None:
    assert QuietHours(start=time(21), end=time(8)) == quiet_hours("21:00-08:00")


def test_no_words_are_no_quiet_hours() -> None:
    assert quiet_hours("") is None


@pytest.mark.parametrize(
    "words",
    ["21-8", "21:00", "24:00-08:00", "21:60-08:00", " 21:00-08:00", "21:00-08:00\n"],
)
def test_anything_else_is_refused(words: str) -> None:
    """Hours misread would wake people, or hold their messages back for ever."""
    with pytest.raises(ValueError, match="two times of the day"):
        quiet_hours(words)


def test_hours_that_end_when_they_begin_are_refused() -> None:
    """All day or never: whoever wrote them meant one of the two, and nobody can tell which."""
    with pytest.raises(ValueError, match="not two different times of the day"):
        quiet_hours("21:00-21:00")


def test_recipients_are_patterns_between_commas() -> None:
    assert ("*@example.com", "+1206555*") == recipient_patterns(" *@example.com,,+1206555* ")
    assert () == recipient_patterns("")
