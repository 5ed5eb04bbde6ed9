"""Read payloads as AWS documents or sends them. Used by tests of the provider simulator."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recordings/aws"


def recording(name: str) -> Any:
    """Return the payload of that name."""
    return json.loads((FOLDER / f"{name}.json").read_text())
