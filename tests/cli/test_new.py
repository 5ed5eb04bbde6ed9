"""`ordercast new` names each file that it makes, and what is to be done next."""

from pathlib import Path

import pytest

from ordercast.cli import new as commands
from ordercast.templates import brands


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of brands."""
    monkeypatch.setattr(brands, "FOLDER", tmp_path)
    return tmp_path


def test_a_brand_a_template_of_it_and_a_language_are_made(run, folder: Path) -> None:
    status, out, _ = run("new", "brand", "nordic")
    assert 0 == status
    assert out.startswith(f"made {folder}/nordic/brand.toml\nnext: ")
    status, out, _ = run("new", "template", "sewn", "--brand", "nordic")
    assert 0 == status
    assert f"made {folder}/nordic/sewn/en.toml\n" in out
    assert f"made {folder}/nordic/sewn/sv.toml\nnext: rewrite the words\n" in out
    (folder / "nordic" / "sewn" / "sv.toml").unlink()
    status, out, _ = run("new", "language", "sv", "--brand", "nordic")
    assert 0 == status
    assert f"made {folder}/nordic/sewn/sv.toml\nnext: translate what they say\n" in out
    assert "  brands/nordic/sewn/sv.toml: heading: is the same as in en: translate it" in out


def test_what_cannot_be_made_is_one_line(run) -> None:
    status, out, err = run("new", "template", "sewn", "--brand", "acme")
    assert (1, "") == (status, out)
    assert err == "✗ there is no brand acme; there is none yet: ordercast new brand\n"


def test_templates_are_written_in_a_checkout(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "there", lambda: False)
    status, _, err = run("new", "brand", "nordic")
    assert 1 == status
    assert "templates are written in a checkout" in err
