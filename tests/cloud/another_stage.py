"""Deploy a checkout with other settings to a local cloud of its own. Used by the tests of brands and routes."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cloud.cloud import LocalCloud
from local_cloud.synthesis_cache import INPUT_OF_DOCS, NO_INPUTS
from tests.pages import ROOT


def checkout_with(setting: str, checkout: Path) -> Path:
    """Copy what the app is synthesised from to *checkout*, and add a line to its local stage's settings."""
    shutil.copytree(ROOT, checkout, ignore=_not_synthesised)
    (checkout / INPUT_OF_DOCS).parent.mkdir()
    shutil.copyfile(ROOT / INPUT_OF_DOCS, checkout / INPUT_OF_DOCS)
    for name in (".tools", ".venv", "node_modules"):
        (checkout / name).symlink_to(ROOT / name)
    settings = checkout / "stages" / "local.toml"
    settings.write_text(f"{setting}\n{settings.read_text()}")
    return checkout


@contextmanager
def deployed_apart(name: str, checkout: Path) -> Iterator[LocalCloud]:
    """Deploy *checkout* to another local cloud, which is stopped at the end."""
    with LocalCloud.start(name, another=True, receipt_delay=0.2) as started:
        started.deploy(root=checkout)
        yield started


def _not_synthesised(folder: str, names: list[str]) -> set[str]:
    hidden = {each for each in names if each.startswith(".")}
    return hidden | {"__pycache__"} | (NO_INPUTS & set(names) if Path(folder) == ROOT else set())
