"""ministack's Lambda workers start from one copy of a bundle, not from one each.

It unpacks a function's whole archive anew for each worker: seconds of work in the one process that
answers everybody, and several at once for a burst. As on AWS, the code is the same for all of them.
"""

# ruff: noqa: ANN401 - ministack's inside, which has no types

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
    """An archive whose content is unpacked beside, once for all; where it is wanted, a link stands."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """Put a link to the content in the place of the empty folder *path*."""
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
