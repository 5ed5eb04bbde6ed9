"""Show what the account lets the stage do. Used by the console."""

from collections import Counter

from starlette.requests import Request
from starlette.responses import Response

from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import shows
from ordercast.operations.doctor.findings import CheckVerdict


def doctor(request: Request) -> Response:
    """Show the page at once; what takes seconds to read is asked for by it."""
    return shown(request, "doctor.html")


def findings(request: Request) -> Response:
    """Read the account and show each finding, what must be mended first."""
    order = [CheckVerdict.BAD, CheckVerdict.UNKNOWN, CheckVerdict.LOOK, CheckVerdict.OK]
    found = sorted(stage_of(request).account(), key=lambda each: order.index(each.verdict))
    counted = Counter(each.verdict for each in found)
    return shown(request, "part/findings.html", found=found, counted=counted, order=order)


ROUTES = (shows("/doctor", doctor), shows("/doctor/findings", findings))
