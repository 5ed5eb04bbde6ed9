"""Keep of Babel's data what figures are written with, in the languages of messages. Used by `bundle`."""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIGURES = frozenset(
    {"plural_form", "number_symbols", "decimal_formats", "currency_formats", "currency_symbols"}
    | {"date_formats", "months", "days", "eras", "default_numbering_system", "numbering_systems"}
)
"""What of a locale the formatter reads; the names of countries, zones and units are nine tenths."""

EVERYWHERE = frozenset({"currency_fractions", "parent_exceptions", "likely_subtags"})
"""What of all locales together."""


def languages_in(root: Path) -> set[str]:
    """Return the languages that templates and brands of a checkout are written in, `pt` for `pt-BR`."""
    files = [*root.glob("ordercast/templates/*/*.toml"), *root.glob("brands/*/*/*.toml")]
    return {path.stem.partition("-")[0] for path in files}


def prune(folder: Path, languages: set[str]) -> None:
    """Drop what no message needs from the Babel that is installed in *folder*.

    A language is kept for all its countries, and what they inherit.
    """
    for path in (folder / "babel" / "locale-data").glob("*.dat"):
        if path.stem.partition("_")[0] in {"root", *languages}:
            _keep(path, FIGURES.__contains__)
        else:
            path.unlink()
    for path in (folder / "babel").glob("global.dat"):
        _keep(path, lambda name: name in EVERYWHERE or name.endswith("_aliases"))
    shutil.rmtree(folder / "babel" / "messages", ignore_errors=True)


def _keep(path: Path, wanted: Callable[[str], bool]) -> None:
    """Write a file of Babel's again with the entries that are *wanted*; it is a pickle of a mapping."""
    data: dict[str, Any] = pickle.loads(path.read_bytes())  # noqa: S301 - installed by its hash
    # A new file: uv links what it installs to its cache, and so to every other installation.
    path.unlink()
    path.write_bytes(pickle.dumps({name: data[name] for name in data if wanted(name)}, protocol=4))
