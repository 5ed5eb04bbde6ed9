"""Pass HTTP calls on unchanged. Used by the provider simulator, and by the fault proxy of the chaos run."""

import http.client
import os
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from local_cloud.provider_simulator.http_messages import HttpRequest, HttpResponse


class Unreachable(Exception):
    """What a call was passed on to did not answer."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Passes calls on to an *endpoint*, a URL; safe to share by threads."""

    endpoint: str

    def __call__(self, call: HttpRequest) -> HttpResponse:
        """Pass a call on as it came and its answer back as it comes; raises Unreachable."""
        # A connection a call: reusing one that broke would mean sending a call twice.
        connection = self._connection()
        try:
            connection.putrequest(call.method, call.path, skip_host=True, skip_accept_encoding=True)
            for name, value in call.headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    connection.putheader(name, value)
            connection.endheaders(call.body or None)
            got = connection.getresponse()
            return HttpResponse(status=got.status, headers=got.getheaders(), body=got.read())
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        address = urlsplit(self.endpoint)
        host, port = address.hostname or "", address.port
        if address.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
        trust = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
        return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_SECONDS, context=trust)


_TIMEOUT_SECONDS = 60.0
_HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"}
