"""Import the relay, make its clients, and make a first call of two. Run in the bundle by `cold_start`.

Answers come from memory, so neither a socket nor TLS is counted.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any

_ANSWERS = {
    "dynamodb": b'{"Responses": {}}',
    "sns": b"<PublishBatchResponse><PublishBatchResult/></PublishBatchResponse>",
}
_TOPIC = "arn:aws:sns:us-east-1:123456789012:notifications"


class _Raw:
    """A body as urllib3 gives it."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> Iterator[bytes]:
        """Yield it in one piece."""
        yield self.body


def main(bundle: str) -> None:
    """Make the calls; what they cost is counted from outside."""
    sys.path.insert(0, bundle)
    region, nobody = {"AWS_DEFAULT_REGION": "us-east-1"}, {"AWS_ACCESS_KEY_ID": "nobody"}
    os.environ.update(region | nobody | {"AWS_SECRET_ACCESS_KEY": "nothing"})

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse  # noqa: PLC0415
    from botocore.compat import HTTPHeaders  # noqa: PLC0415

    import processors.order_relay  # noqa: F401, PLC0415  (what is counted)
    from ordercast.gateways import clients  # noqa: PLC0415

    def answer(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        return AWSResponse(
            request.url, 200, HTTPHeaders(), _Raw(_ANSWERS[event_name.split(".")[1]])
        )

    session: Any = clients.session()  # its stubs know only handlers that answer nothing
    session.register("before-send", answer)
    tables, topics, _ = clients.dynamodb(), clients.sns_topics(), clients.s3()
    tables.batch_get_item(RequestItems={"ledger": {"Keys": [{"pk": {"S": "1"}}]}})
    topics.publish_batch(TopicArn=_TOPIC, PublishBatchRequestEntries=[{"Id": "0", "Message": "{}"}])


if __name__ == "__main__":
    main(sys.argv[1])
