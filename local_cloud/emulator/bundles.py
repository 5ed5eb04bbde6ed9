"""Let ministack's Lambda workers share one unpacked copy of a bundle. Used by `serve`.

ministack unpacks a function's whole archive for each worker. That takes seconds in the one process
that answers all calls, and a burst starts several workers.
"""

# ruff: noqa: ANN401 - ministack's internals have no types

from __future__ import annotations

import hashlib
import tempfile
import threading
import types
import zipfile
from pathlib import Path
from typing import Any


def unpack_once(lambda_runtime: Any) -> None:
    """Make ministack's *lambda_runtime* module unpack each archive only the first time."""
    shared = types.SimpleNamespace(**vars(zipfile))
    shared.ZipFile = _SharedArchive
    lambda_runtime.zipfile = shared


class _SharedArchive(zipfile.ZipFile):
    """An archive that is unpacked once, to a folder of its own; elsewhere a link leads there."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """Replace the empty folder *path* with a link to the unpacked content."""
        content = Path(str(self.filename)).read_bytes()
        name = f"bundle-{hashlib.sha256(content).hexdigest()[:32]}"
        whole = Path(tempfile.gettempdir()) / name
        with _UNPACKING:
            if not whole.exists():
                fresh = Path(tempfile.mkdtemp(prefix=f"{name}-"))
                super().extractall(fresh, members, pwd)
                fresh.rename(whole)
        Path(path).rmdir()
        Path(path).symlink_to(whole)


_UNPACKING = threading.Lock()
