"""The model and the harness import the standard library alone, the drivers boto3 beside it."""

import ast
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/lambda_event_sources"
MODULES = sorted(SOURCE.rglob("*.py"))


def imported(module: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(module.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    origins = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | origins}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_what_it_may(module: Path) -> None:
    others = imported(module) - sys.stdlib_module_names - {"lambda_event_sources"}

    if module.parent.name == "drivers":
        assert others <= {"boto3", "botocore"}
    elif module.name == "pytest_plugin.py":
        assert others == {"pytest"}
    else:
        assert others == set()


def test_only_the_drivers_import_the_drivers() -> None:
    for module in MODULES:
        if module.parent.name != "drivers":
            assert "lambda_event_sources.drivers" not in module.read_text().replace("`", "")
