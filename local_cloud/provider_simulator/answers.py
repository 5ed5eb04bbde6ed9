"""Write the answers of the simulated services, in their protocols. Used by `server` and `account_api`."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from local_cloud.provider_simulator.api import new_id
from local_cloud.provider_simulator.http_messages import HttpResponse

SNS = "http://sns.amazonaws.com/doc/2010-03-31/"


def as_json(
    status: int, body: dict[str, Any], headers: Iterable[tuple[str, str]] = ()
) -> HttpResponse:
    """Answer as SES v2 and the JSON services do."""
    own = [("Content-Type", "application/json"), ("x-amzn-RequestId", new_id()), *headers]
    return HttpResponse(status=status, headers=own, body=json.dumps(body).encode())


def as_xml(operation: str, result: str, *, namespace: str = SNS) -> HttpResponse:
    """Answer an operation of a query service."""
    return _xml(
        200,
        f'<{operation}Response xmlns="{namespace}"><{operation}Result>{result}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{new_id()}</RequestId></ResponseMetadata>"
        f"</{operation}Response>",
    )


def as_xml_error(code: str, message: str, status: int) -> HttpResponse:
    """Refuse an operation of a query service."""
    who = "Sender" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Receiver"
    return _xml(
        status,
        f'<ErrorResponse xmlns="{SNS}"><Error><Type>{who}</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error><RequestId>{new_id()}</RequestId>"
        "</ErrorResponse>",
    )


def _xml(status: int, body: str) -> HttpResponse:
    return HttpResponse(status=status, headers=[("Content-Type", "text/xml")], body=body.encode())
