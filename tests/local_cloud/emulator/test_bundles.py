"""Lambda workers of one bundle start from one unpacked copy of it."""

import tempfile
import types
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_cloud.emulator.bundles import unpack_once


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """What ministack's module is to us: a name by which it knows zipfile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    module = types.SimpleNamespace(zipfile=zipfile)
    unpack_once(module)
    return module


def bundle(folder: Path, says: str) -> Path:
    archive = folder / f"{says}.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("package/handler.py", says)
    return archive


def test_many_workers_at_once_share_one_copy_of_their_code(
    runtime: types.SimpleNamespace, tmp_path: Path
) -> None:
    archive = bundle(tmp_path, "one")

    def start(number: int) -> Path:
        code = tmp_path / f"worker-{number}"
        code.mkdir()
        with runtime.zipfile.ZipFile(archive) as file:
            file.extractall(code)
        return code

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(start, range(8)))

    assert {"one"} == {(code / "package/handler.py").read_text() for code in codes}
    assert 1 == len({code.resolve() for code in codes})


def test_another_bundle_has_a_copy_of_its_own(
    runtime: types.SimpleNamespace, tmp_path: Path
) -> None:
    said = []
    for says in ("one", "two"):
        code = tmp_path / f"worker-{says}"
        code.mkdir()
        with runtime.zipfile.ZipFile(bundle(tmp_path, says)) as file:
            file.extractall(code)
        said.append((code / "package/handler.py").read_text())
    assert ["one", "two"] == said
