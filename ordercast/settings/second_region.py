"""Name a stage's resources in its second Region. Used by the senders, the stacks and the commands.

Their names are fixed: a stack exports nothing to another Region, and a subscription has to know its topic
before it is deployed (docs/decisions/0035).
"""

from msgspec import Struct


class SecondRegionNames(Struct, frozen=True, kw_only=True):
    """The names of a stage's resources in its second Region, which another Region's stacks have to know.

    `configuration_set` is that of SES and that of End User Messaging; SNS's own receipts come by a topic
    of the account (`ACCOUNT_RECEIPTS_TOPIC`).
    """

    stage: str

    @property
    def configuration_set(self) -> str:
        """What messages are sent with."""
        return f"ordercast-{self.stage}"

    @property
    def mail_events(self) -> str:
        """The topic of SES's events."""
        return f"ordercast-{self.stage}-mail-events"

    @property
    def text_events(self) -> str:
        """The topic of the events of End User Messaging."""
        return f"ordercast-{self.stage}-text-events"

    @property
    def undelivered(self) -> str:
        """The queue of what these topics could not deliver."""
        return f"ordercast-{self.stage}-undelivered"


ACCOUNT_RECEIPTS_TOPIC = "ordercast-sms-receipts"
"""The topic of the lines of SNS's delivery logs, of an account in a Region."""
