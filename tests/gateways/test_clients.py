from functools import partial

import pytest
from botocore.exceptions import ParamValidationError

from ordercast.gateways import clients
from ordercast.wiring.clock import utc_now

pytestmark = pytest.mark.usefixtures("aws")


sms_provider = partial(clients.sms_provider, now=utc_now)
email_provider = partial(clients.email_provider, now=utc_now)


@pytest.mark.parametrize("make", [sms_provider, email_provider])
def test_a_provider_is_called_once_and_never_again_by_the_sdk(make) -> None:
    """The SDK's own retry after a lost answer once made 23 texts of 20 orders."""
    assert 1 == make().meta.config.retries["total_max_attempts"]


@pytest.mark.parametrize("make", [clients.dynamodb, clients.s3, clients.sns_topics])
def test_our_own_services_are_tried_again_within_a_lambda_s_timeout(make) -> None:
    config = make().meta.config

    assert 3 == config.retries["total_max_attempts"]
    assert 30 >= 3 * (config.connect_timeout + config.read_timeout)


class Left(Exception):
    """A request is on its way."""


def leave(**_: object) -> None:
    raise Left


@pytest.mark.parametrize(
    ("make", "method", "meets"),
    [
        (sms_provider, "publish", ParamValidationError),
        (email_provider, "send_email", ParamValidationError),
        (clients.s3, "put_object", ParamValidationError),
        (clients.dynamodb, "batch_execute_statement", Left),
        (clients.sns_topics, "publish_batch", Left),
    ],
)
def test_what_others_wrote_a_part_of_is_looked_at_before_it_leaves(make, method, meets) -> None:
    """A provider's request carries an address; a table's or a topic's is ours, field for field."""
    client = make()
    client.meta.events.register_first("before-send", leave)

    with pytest.raises(meets):
        getattr(client, method)()
