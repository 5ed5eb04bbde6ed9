"""Count the instructions of deciding and rendering 100 orders, here and in another checkout. Used by hand.

`python -m benchmarks.rendering CHECKOUT` needs valgrind; counts differ by less than 1 % between
runs. A message may cost at most 1.4 times what it did before figures were written by locale.
"""

import re
import subprocess
import sys
from pathlib import Path

ORDERS = 100

_WORK = """
import sys
sys.path.insert(0, sys.argv[1])
try:
    from ordercast.templates.rendering import words
except ImportError:  # a checkout of before
    from ordercast.templates import words
from tests.examples import drafts

contact = {"email": "ada@example.com", "phone": "+12065550100", "locale": "sv-SE"}
for n in range(-2, int(sys.argv[2])):
    amount = {"value": f"{abs(n)}.50", "currency": "SEK"}
    named = {"order_id": f"o-{n}", "event_id": f"e-{n}", "amount": amount}
    for draft in drafts(contact=contact, tracking_url="https://example.com/t/1", **named):
        words(draft)
"""


def main() -> None:
    """Print the instructions an order, of this checkout and of the one that is named."""
    here = Path(__file__).resolve().parents[1]
    counted = {}
    for checkout in (here, *map(Path, sys.argv[1:])):
        _run(
            checkout, 0
        )  # it writes the byte code: to compile would count for more than the orders
        counted[checkout] = (_instructions(checkout, ORDERS) - _instructions(checkout, 0)) // ORDERS
        ratio = counted[here] / counted[checkout]
        print(f"{checkout}: {counted[checkout]:,} an order; this one has {ratio:.2f} times that")


def _instructions(checkout: Path, orders: int) -> int:
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    collected = re.search(r"Collected : (\d+)", _run(checkout, orders, *callgrind))
    if collected is None:
        raise LookupError("valgrind has counted nothing")
    return int(collected[1])


def _run(checkout: Path, orders: int, *under: str) -> str:
    """Decide and render so many orders, *under* a program that counts; return what that says."""
    python = (sys.executable, "-P", "-c", _WORK, str(checkout), str(orders))
    done = subprocess.run(
        (*under, *python),
        env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


if __name__ == "__main__":
    main()
