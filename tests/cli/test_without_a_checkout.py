"""The package works where no checkout is: nothing of what is deployed or local is imported."""

import subprocess
import sys

from tests.pages import ROOT

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"analytics", "local_cloud", "pipeline", "processors"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
"""

EVERY_MODULE = """
import importlib, pkgutil
import ordercast

names = [each.name for each in pkgutil.walk_packages(ordercast.__path__, "ordercast.")]
wanted = [name for name in names if not name.startswith("ordercast.cli.local")]
for name in wanted:
    importlib.import_module(name)
print(len(wanted))
"""


def test_every_module_is_imported_but_those_that_the_gate_loads() -> None:
    command = [sys.executable, "-c", BLOCKED + EVERY_MODULE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert int(done.stdout) > 100


ONE_COMMAND = """
from importlib import util
from ordercast.cli import main
from ordercast.operations import checkout

checkout.find_spec = lambda _: None
sys.argv = ["ordercast", "up"]
main()
"""


def test_what_needs_a_checkout_says_so() -> None:
    command = [sys.executable, "-c", BLOCKED + ONE_COMMAND]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 1 == done.returncode
    assert "✗ a local cloud needs a checkout of Ordercast" in done.stderr
