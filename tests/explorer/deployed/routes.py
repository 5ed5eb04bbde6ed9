"""Choose other routes after each call, as if breakers opened and closed all the time. Used by the explorer's senders."""

from ordercast.events.order_event import Channel
from ordercast.sending.routes import Route, Routes, home_route


def routes_after(calls: int, channel: Channel) -> Routes:
    """Return a channel's routes after so many calls: its first, then those of two other Regions, in turn; the next is its second."""
    home = home_route(channel, "us-east-1")
    others = [Route(provider=home.provider, region=each) for each in ("eu-west-1", "eu-north-1")]
    usual, second, *_ = (home, *others, home)[calls % 3 :]
    return Routes(home=home, usual=usual, in_second_region={usual: second})
