"""Open the operator's editor on a text. Used by `ordercast parked edit`."""

import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from ordercast.usage_error import UsageError

DEFAULT = "vi"


def edited(text: str, *, name: str) -> str:
    """Return what is left of *text* once the editor has ended; its file is only the operator's, and removed."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or DEFAULT
    with TemporaryDirectory(prefix="ordercast-") as folder:
        path = Path(folder) / name
        path.write_text(f"{text}\n")
        try:
            status = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            raise UsageError(f"{editor} cannot be started: {error}", hint="set EDITOR") from error
        if status:
            raise UsageError(f"{editor} ended with status {status}; nothing was changed")
        return path.read_text().rstrip("\n")
