"""Name why a message takes its route. Written by the claim, shown by `ordercast status`."""

from enum import StrEnum


class RouteReason(StrEnum):
    """Why a route was chosen; rows keep each by a letter (ordercast/gateways/ledger/items.py)."""

    STAGE = "stage"  # the stage's settings name it for its channel
    COUNTRY = "country"  # and this one for the message's country
    COST = "cost"  # it is the cheapest that delivers well enough
    TRIAL = "trial"  # too little is known of how it delivers
    NEXT = "next"  # the country's routes before it are closed
    SHARE = "share"  # so many percent of the messages go by the second Region
    SECOND_REGION = "second-region"  # the route in the first Region is closed
    IN_DOUBT = "in-doubt"  # an earlier call on it may have been taken
