"""CONTRIBUTING.md leads to files that exist."""

import re

import pytest

from tests.pages import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
TABLE = PAGE.partition("## Where do I change")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (?!change|---)(.+?) \| (.+) \|$", TABLE, re.MULTILINE)


def test_there_are_many_changes_and_each_is_there_once() -> None:
    changes = [change for change, _ in ROWS]
    assert len(changes) >= 30
    assert len(changes) == len(set(changes))


@pytest.mark.parametrize(("change", "files"), ROWS)
def test_the_files_of_a_change_exist(change: str, files: str) -> None:
    named = re.findall(r"`([\w./-]+\.\w+)`", files)
    assert named, change
    assert [] == [name for name in named if not (ROOT / name).is_file()]


def test_what_the_page_links_to_exists() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", PAGE)
    assert [] == [name for name in linked if not (ROOT / name).exists()]
