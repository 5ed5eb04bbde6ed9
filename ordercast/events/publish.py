"""Write the published forms of the order event: JSON Schema and TypeScript. Used by `make contract`.

With `--check`, which `make check` uses, nothing is written; it fails when one of them is stale.
"""

import json
import sys
from pathlib import Path

from ordercast.events.json_schema import json_schema
from ordercast.events.typescript import typescript

DOCS = Path(__file__).resolve().parents[2] / "docs"


def published() -> dict[Path, str]:
    """Return the current text of each published file."""
    schema = json_schema()
    return {
        DOCS / "order-event.schema.json": json.dumps(schema, indent=2) + "\n",
        DOCS / "order-event.d.ts": typescript(schema),
    }


def main() -> None:
    """Write the files, or check them when asked to."""
    files = published()
    if sys.argv[1:] == ["--check"]:
        stale = [path.name for path, text in files.items() if path.read_text() != text]
        if stale:
            sys.exit(f"{', '.join(stale)}: out of date: run `make contract`.")
        return
    for path, text in files.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
