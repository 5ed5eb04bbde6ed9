"""Of Babel's data the bundle has what messages are written with, and no more."""

import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import babel
import pytest

from ordercast.settings.stage import BundleTarget
from pipeline.bundling.bundle import HOST_PYTHON, recipe
from pipeline.bundling.locale_data import languages_in, prune
from tests.pipeline.synthesis import ROOT

LANGUAGES = languages_in(ROOT)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Babel as it ships."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(Path(babel.__file__).parent, folder / "babel")
    prune(folder, LANGUAGES)
    return folder


def test_the_languages_are_those_of_templates_and_brands(tmp_path: Path) -> None:
    for name in ("ordercast/templates/layout/pt-BR.toml", "brands/nordic/packed/nb.toml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("")

    assert {"pt", "nb"} == languages_in(tmp_path)
    assert {"de", "en", "es", "fr", "ja", "pt", "sv"} <= LANGUAGES


FIGURES = """
import json, sys
from datetime import date
from decimal import Decimal
from ordercast.events.order_event import Money
from ordercast.templates.figures import amount, day, locale_of, plural

money = [Money(value=Decimal("1234567.891"), currency=c) for c in "USD SEK JPY KWD HUF INR".split()]
forms = {"one": "# item", "other": "# items"}
print(json.dumps({
    name: [
        [amount(m, name, for_text=t) for m in money for t in (True, False)],
        [day(date(2026, month, 3), name) for month in range(1, 13)],
        [plural(n, forms, name) for n in (0, 1, 2, 1000000)],
    ]
    for tag, language in json.loads(sys.argv[1])
    for name in [locale_of(tag, language)]
}))
"""


def figures(first: Path | None) -> dict[str, object]:
    """Write figures in every locale that messages have, with the Babel in *first* or the whole one."""
    names = {p.stem for p in (Path(babel.__file__).parent / "locale-data").glob("*.dat")}
    wanted = [[n.replace("_", "-"), n.split("_")[0]] for n in names if n.split("_")[0] in LANGUAGES]
    path = os.pathsep.join(map(str, [*([first] if first else []), ROOT]))
    command = (sys.executable, "-c", FIGURES, json.dumps(sorted(wanted)))
    done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, check=True)
    written: dict[str, object] = json.loads(done.stdout)
    return written


def test_figures_are_the_same_as_with_all_of_babel_s_data(shipped: Path) -> None:
    expected = figures(None)

    assert expected == figures(shipped)
    assert {"sv_FI", "de_AT", "pt_BR", "fr_CA", "es_419"} <= set(expected)


def test_what_is_linked_to_the_same_files_keeps_all_of_its_data(tmp_path: Path) -> None:
    """Uv links what it installs to its cache: a file written in place would be short everywhere."""
    names = ("locale-data/en.dat", "global.dat")
    for name in names:
        (tmp_path / "bundle/babel" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(babel.__file__).parent / name, tmp_path / name.replace("/", "-"))
        (tmp_path / "bundle/babel" / name).hardlink_to(tmp_path / name.replace("/", "-"))
    before = [(tmp_path / name.replace("/", "-")).read_bytes() for name in names]

    prune(tmp_path / "bundle", LANGUAGES)

    assert before == [(tmp_path / name.replace("/", "-")).read_bytes() for name in names]
    assert len((tmp_path / "bundle/babel/locale-data/en.dat").read_bytes()) < len(before[0])


def test_a_locale_of_another_language_does_not_ship(shipped: Path) -> None:
    kept = {path.stem.partition("_")[0] for path in (shipped / "babel/locale-data").glob("*.dat")}

    assert {"root", *LANGUAGES} == kept
    assert not (shipped / "babel/messages").exists()


def test_babel_makes_the_bundle_less_than_a_tenth_larger() -> None:
    """What is uploaded is compressed."""
    host = BundleTarget(architecture="host", python=HOST_PYTHON)
    folder = recipe(host).dependencies()
    sizes = {True: 0, False: 0}
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(folder).parts[0] == "babel"] += len(
                zlib.compress(path.read_bytes(), 6)
            )

    assert 0 < sizes[True] < sizes[False] / 10
