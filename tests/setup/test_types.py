"""`make types` checks every test."""

import tomllib

from tests.pages import ROOT


def test_every_folder_of_the_package_s_tests_is_checked() -> None:
    tests = ROOT / "packages/lambda-event-sources/tests"
    folders = {path.relative_to(tests).parts[0] for path in tests.rglob("*.py")}
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]

    assert folders <= {*mypy["packages"]}
    assert {f"{name}.*" for name in folders} <= {*mypy["overrides"][0]["module"]}
