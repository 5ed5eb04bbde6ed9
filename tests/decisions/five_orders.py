"""Pack five orders into an aggregate, and unpack it by position. Used by tests of aggregates."""

from ordercast.events.envelope import open_envelope
from tests.aggregates import field, outcomes, record

ORDERS = tuple(b'{"order_id": "o-%d", "customer_id": "c-%d"}' % (n, n * n) for n in range(1, 6))
KEYS = b"".join(field(1, b"o-%d" % n) for n in (1, 2, 3))


def opened(payload: bytes) -> list[tuple[str, bytes | str]]:
    return outcomes(open_envelope(record(payload)))
