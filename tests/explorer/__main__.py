"""Replay one point or two with their faults, or explore all points. Used by `make explore` and by hand."""

import argparse
import sys

from tests.address_secret import use_test_secret
from tests.explorer.checks.promises import broken
from tests.explorer.exploring import calls, explore, explore_pairs, pairs, played, points
from tests.explorer.faults.points import Fault, Point

PAIRS = 1000


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 where a promise is broken."""
    use_test_secret()
    asked = _parser().parse_args(arguments)
    if asked.list:
        return _list()
    if asked.all or asked.points:
        return _all(pairs_too=asked.all, one_in=asked.one_in, turn=asked.turn)
    named = ((asked.point, asked.fault), (asked.then_point, asked.then_fault))
    if any((number is None) is not (fault is None) for number, fault in named):
        print("--point and --fault belong together")
        return 2
    first, then = (fault and Point(number=number, fault=Fault(fault)) for number, fault in named)
    breaks = broken(played(first, then, say=print))
    print("\n".join(breaks) or "No promise is broken.")
    return int(bool(breaks))


def _list() -> int:
    numbered = calls()
    for call in numbered:
        print(f"{call}  {' '.join(call.kinds)}")
    print(f"{len(numbered)} calls, {len(points(numbered))} points")
    return 0


def _all(*, pairs_too: bool, one_in: int, turn: int) -> int:
    numbered = calls()
    everything = points(numbered)[turn % one_in :: one_in]
    twice = pairs(everything, PAIRS) if pairs_too else []
    findings = explore(everything, numbered) + explore_pairs(twice, numbered)
    for finding in findings:
        print(finding)
    visited = f"{len(numbered)} calls, {len(everything)} points, {len(twice)} pairs of points"
    print(f"{visited}, {len(findings)} with broken promises")
    return int(bool(findings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.explorer", description=__doc__)
    parser.add_argument("--list", action="store_true", help="print every numbered call")
    parser.add_argument(
        "--all", action="store_true", help="visit every point, and a sample of pairs"
    )
    parser.add_argument("--points", action="store_true", help="visit every point")
    parser.add_argument(
        "--one-in", type=int, default=1, help="visit one point in so many; turns share them out"
    )
    parser.add_argument("--turn", type=int, default=0, help="which of them: any number")
    parser.add_argument("--point", type=int, help="the number of the call that meets a fault")
    parser.add_argument("--fault", choices=[str(each) for each in Fault])
    parser.add_argument("--then-point", type=int, help="the same for one call of what follows")
    parser.add_argument("--then-fault", choices=[str(each) for each in Fault])
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
