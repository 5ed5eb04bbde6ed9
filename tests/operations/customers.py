"""Write a line of a customer file. Used by the tests of the reading of customers."""

import json
from typing import Any


def line(**fields: Any) -> bytes:
    """Return the line of a customer who says *fields*."""
    return json.dumps({"customer_id": "c-1"} | fields).encode()
