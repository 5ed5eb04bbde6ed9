"""A template that cannot be rendered, and a brand that cannot be read, are never deployed."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import app
from ordercast.templates import brands
from pipeline.settings.templates import BadTemplates, refuse_faults


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of brands, with one."""
    (tmp_path / "nordic" / "shipped").mkdir(parents=True)
    (tmp_path / "nordic" / "brand.toml").write_text('name = "Nordic"')
    monkeypatch.setattr(brands, "FOLDER", tmp_path)
    refuse_faults.cache_clear()
    yield tmp_path
    refuse_faults.cache_clear()


def test_what_has_no_fault_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked next is the stage: here one that there is not."""
    nowhere = SimpleNamespace(node=SimpleNamespace(try_get_context=lambda _: "nowhere"))
    monkeypatch.setattr(app, "App", lambda: nowhere)
    with pytest.raises(SystemExit, match=r'^no stage "nowhere": stages/ has '):
        app.main()


@pytest.mark.parametrize(
    ("file", "written", "refusal"),
    [
        ("brand.toml", 'title = "Nordic"', "brands/nordic/brand.toml: title is not known"),
        (
            "shipped/en.toml",
            'lead = "{{ order.nmae }}"',
            "brands/nordic/shipped/en.toml: cannot be rendered for a typical order",
        ),
    ],
)
def test_a_fault_ends_the_synthesis_with_its_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, written: str, refusal: str
) -> None:
    (folder / "nordic" / file).write_text(written)
    monkeypatch.setattr(app, "App", lambda: None)
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert str(ended.value.code).startswith(refusal)


def test_two_brands_of_one_shop_are_refused(folder: Path) -> None:
    (folder / "acme").mkdir()
    (folder / "acme" / "brand.toml").write_text('name = "Acme"\nshops = ["nordic"]')
    with pytest.raises(BadTemplates, match="nordic"):
        refuse_faults()
