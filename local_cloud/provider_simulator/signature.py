"""Read the Region and the service that a request is signed for. Used by `server` and the fault proxy of the chaos run."""

import re

from local_cloud.provider_simulator.http_messages import HttpRequest


def signed_for(call: HttpRequest) -> tuple[str, str]:
    """Return Region and service of Signature Version 4: its credential's scope; ("", "") without one."""
    scope = _SCOPE.search(call.header("authorization"))
    return (scope[1], scope[2]) if scope else ("", "")


_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/")
