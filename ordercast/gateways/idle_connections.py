"""Close a connection that has idled before it would be used again. Used by `clients` for the providers.

A server ends a connection that idles, and its notice may cross the next request: nobody can say
then whether the message went out. urllib3 sees an end only if the notice came before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
from urllib3.connectionpool import HTTPConnectionPool

Now = Callable[[], datetime]

LONGEST_IDLE = timedelta(seconds=3)
"""Waves follow each other faster; servers are known to end connections after 5 s or more."""


def close_idle_connections(client: object, *, now: Now) -> None:
    """Make *client*, of botocore, use no connection again that idled for more than LONGEST_IDLE.

    *now* is the time of day: other clocks may stand still while Lambda freezes the function. The SDK
    has no setting for this, so it is put where the SDK keeps the classes of its connection pools.
    """
    session: Any = client._endpoint.http_session  # type: ignore[attr-defined]  # noqa: SLF001 - see above
    session._pool_classes_by_scheme.update(  # noqa: SLF001 - the proxies' pools use them too
        http=type("Http", (_ClosesIdle, AWSHTTPConnectionPool), {"now": staticmethod(now)}),
        https=type("Https", (_ClosesIdle, AWSHTTPSConnectionPool), {"now": staticmethod(now)}),
    )


class _ClosesIdle(HTTPConnectionPool):
    """A pool that writes on each connection when it was last used."""

    now: Now

    def _get_conn(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - a private type of urllib3
        connection: Any = super()._get_conn(timeout)
        used_at = getattr(connection, "used_at", None)
        # A clock that was put back tells nothing.
        if used_at and not timedelta() <= self.now() - used_at <= LONGEST_IDLE:
            connection.close()  # the request opens it anew
        return connection

    def _put_conn(self, conn: Any) -> None:  # noqa: ANN401 - likewise
        if conn is not None:
            conn.used_at = self.now()
        super()._put_conn(conn)
