"""Type what is known of each channel's sender outside it: its rate, its bucket and its queues.

Written by pipeline/constructs/functions/parts.py. Read by the sweeper and by the commands that redrive.
"""

from collections.abc import Mapping

import msgspec

from ordercast.settings.stage import Percent
from ordercast.typed_values import Positive, Settings, Text


class ChannelSender(Settings, frozen=True):
    """A channel's sender: `rate` in units a second, the key of its bucket, and the URLs of its queues.

    `share` is how much of the account's rate the stage may use, in percent; `rate` is that already.
    """

    rate: Positive
    share: Percent
    origination: Text
    high: Text
    normal: Text


def write_senders(senders: Mapping[str, ChannelSender]) -> str:
    """Return the text for a function's environment."""
    return msgspec.json.encode(senders).decode()


def read_senders(written: str) -> dict[str, ChannelSender]:
    """Read what `write_senders` wrote."""
    return msgspec.json.decode(written, type=dict[str, ChannelSender])
