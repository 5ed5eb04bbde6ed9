"""Count the units of its provider's rate that a message takes. Used by the sweeper and redriving."""

from ordercast.notifications.notification import Notification
from ordercast.sending.prices import has_parts
from ordercast.templates.rendering import words
from ordercast.templates.sms_text import parts


def units_of(row: Notification) -> int:
    """Return the parts of a text, as of its last claim or else of its words; 1 for an e-mail.

    Raises whatever a template raises that cannot be rendered.
    """
    if not has_parts(row.channel):
        return 1
    return row.parts or parts(words(row).text).parts
