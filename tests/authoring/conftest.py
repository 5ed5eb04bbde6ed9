"""What the tests of templates and brands share: a copy of the templates, and a brand."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

import pytest

from ordercast.templates import brands, sources, statuses
from ordercast.templates.statuses import TEMPLATES
from tests.templates.review import templates_in

FEW = ("confirmed", "shipped", "generic")
"""Enough templates to plant faults in; all of them are checked once (`make check`)."""

Change = Callable[[str, str, str], None]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A folder with copies of some templates and of the example brand, which a test may change."""
    templates = sources.FOLDER
    for folder in ("layout", *FEW):
        shutil.copytree(templates / folder, tmp_path / "templates" / folder)
        for file in (tmp_path / "templates" / folder).glob("*.toml"):
            if file.stem not in {"en", "sv"}:
                file.unlink()
    few = {name: TEMPLATES[name] for name in FEW}
    brand = tmp_path / "brands" / "nordic"
    brand.mkdir(parents=True)
    (brand / "brand.toml").write_text(
        'name = "Nordic Outfitters"\nstatuses.packed.send_within = "24 h"'
    )
    (brand / "packed").mkdir()
    for words in ("en.toml", "sv.toml"):
        shutil.copy(templates / "shipped" / words, brand / "packed" / words)
    brands.deployed.cache_clear()
    with (
        patch.object(statuses, "TEMPLATES", few),
        patch.object(brands, "FOLDER", tmp_path / "brands"),
        templates_in(tmp_path / "templates"),
    ):
        yield tmp_path
    brands.deployed.cache_clear()


def again(checkout: Path) -> AbstractContextManager[None]:
    """Read the templates anew: each is read once."""
    return templates_in(checkout / "templates")


@pytest.fixture
def change(checkout: Path) -> Change:
    """Replace one text of a file by another."""

    def change(name: str, old: str, new: str) -> None:
        file = checkout / name
        written = file.read_text() if file.exists() else ""
        assert old in written
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written.replace(old, new) if old else written + new)

    return change
