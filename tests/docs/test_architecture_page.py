"""docs/architecture.md shows the layers that the import contracts hold."""

import tomllib

from tests.pages import ROOT, snippets


def test_the_layers_of_the_page_are_those_of_the_contracts() -> None:
    (shown,) = snippets("docs/architecture.md", heading="Layers", language="text")
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (each["layers"] for each in checked["contracts"] if each["type"] == "layers")

    assert layers == shown.splitlines()
