"""A point and a fault in, everything that then happens in order out; or the list of all points."""

import argparse
import sys

from tests.explorer.exploring import calls, explore, played, points
from tests.explorer.faults import Fault, Point
from tests.explorer.promises import broken


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 where a promise is broken."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        return _list()
    if asked.all:
        return _all()
    if (asked.point is None) is not (asked.fault is None):
        print("--point and --fault belong together")
        return 2
    point = asked.fault and Point(number=asked.point, fault=Fault(asked.fault))
    breaks = broken(played(point, say=print))
    print("\n".join(breaks) or "No promise is broken.")
    return int(bool(breaks))


def _list() -> int:
    numbered = calls()
    for call in numbered:
        print(f"{call}  {' '.join(call.kinds)}")
    print(f"{len(numbered)} calls, {len(points(numbered))} points")
    return 0


def _all() -> int:
    numbered = calls()
    everything = points(numbered)
    findings = explore(everything, numbered)
    for finding in findings:
        print(finding)
    print(f"{len(numbered)} calls, {len(everything)} points, {len(findings)} with broken promises")
    return int(bool(findings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.explorer", description=__doc__)
    parser.add_argument("--list", action="store_true", help="print every numbered call")
    parser.add_argument("--all", action="store_true", help="visit every point")
    parser.add_argument("--point", type=int, help="the number of the call that meets a fault")
    parser.add_argument("--fault", choices=[str(each) for each in Fault])
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
