"""Load a module of the example for shops. Used by the tests of it."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from tests.pages import ROOT

FOLDER = ROOT / "examples" / "status_events"


def example(name: str) -> ModuleType:
    """Return the example's module of that name, as a shop would copy it."""
    specification = spec_from_file_location(name, FOLDER / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
