"""Load a module of the example for shops. Used by the tests of it."""

import importlib
import sys
from types import ModuleType

from tests.pages import ROOT

FOLDER = ROOT / "examples" / "status_events"


def example(name: str) -> ModuleType:
    """Return the example's module of that name, which finds the others beside it, as a script does."""
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))
