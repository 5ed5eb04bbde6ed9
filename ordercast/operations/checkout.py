"""Load the commands that need a checkout: those on a local cloud. Used by commands on stage `local`.

The only way from the package to `local_cloud`; nothing of it is loaded earlier.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from ordercast.usage_error import UsageError


def there() -> bool:
    """Tell whether this package runs in a checkout."""
    return find_spec("local_cloud") is not None


def in_checkout(module: str) -> ModuleType:
    """Return a module of `ordercast.cli.local`; raises `UsageError` where there is no checkout."""
    if not there():
        raise UsageError(
            "a local cloud needs a checkout of Ordercast; a deployed stage is named with --stage"
        )
    return import_module(f"ordercast.cli.local.{module}")
