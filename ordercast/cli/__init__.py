"""The command line. `main` is its entry point; `app` has the commands."""

import sys
from importlib import import_module


def main() -> None:
    """Run one command, where the extra `cli` is installed."""
    try:
        app = import_module("ordercast.cli.app")
    except ModuleNotFoundError as error:
        if str(error.name).startswith("ordercast"):
            raise
        sys.exit("The command line is not installed: pip install 'ordercast[cli]'")
    app.main()
