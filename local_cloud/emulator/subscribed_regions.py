"""Let ministack's CloudFormation subscribe to a topic of another Region, as AWS does. Used by `serve`.

It leaves out the subscription's Region, and looks for the topic among those of the stack's.
"""

# ruff: noqa: ANN401 - ministack's internals have no types

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "AWS::SNS::Subscription"


def subscribe_in_the_topic_s_region(provisioners: Any, responses: Any) -> None:
    """Let CloudFormation's *provisioners* make, change and delete a subscription where its topic is.

    *responses* is the module that knows for which Region a call is answered.
    """
    handler = provisioners._RESOURCE_HANDLERS[SUBSCRIPTION]  # noqa: SLF001
    for step, place in (("create", 1), ("update", 2), ("delete", 1)):
        handler[step] = _there(handler[step], place, responses)


def _there(do: Any, place: int, responses: Any) -> Any:
    """Return *do*, which works in the Region that its argument at *place*, the properties, names."""

    def doing(*given: Any, **named: Any) -> Any:
        region = given[place].get("Region") or responses.get_region()
        with responses.request_scope(responses.get_account_id(), region):
            return do(*given, **named)

    return doing
