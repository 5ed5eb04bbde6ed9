"""Look for a public class or type alias that the product defines twice."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("ordercast", "local_cloud", "pipeline", "processors", "analytics", "stages", "setup")

ALLOWED: dict[str, str] = {}
"""Names with several meanings, each with the reason."""


def test_each_public_type_has_a_name_of_its_own():
    found = defaultdict(list)
    for path in [each for folder in PRODUCT for each in (ROOT / folder).rglob("*.py")]:
        for name in _types_of(ast.parse(path.read_text())):
            found[name].append(str(path.relative_to(ROOT)))
    twice = {name: places for name, places in found.items() if len(places) > 1}

    assert len(found) > 100
    assert {} == {name: places for name, places in twice.items() if name not in ALLOWED}
    assert set(ALLOWED) <= set(twice), "no longer needed"


def _types_of(module: ast.Module) -> Iterator[str]:
    """Yield public classes and type aliases; a type variable is its module's own."""
    for node in module.body:
        match node:
            case ast.ClassDef(name=name):
                yield from _public(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not isinstance(
                value, ast.Call
            ):
                yield from _public(name)


def _public(name: str) -> Iterator[str]:
    if re.fullmatch(r"[A-Z]+[a-z]\w*", name):
        yield name
