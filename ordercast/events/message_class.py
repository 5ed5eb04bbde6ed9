"""Define the class of a message: what it may do. Used by templates, the send rules and the providers.

docs/templates.md has the table of who may do what.
"""

from enum import StrEnum


class MessageClass(StrEnum):
    """Transactional is what a customer awaits of an order; promotional is everything else."""

    TRANSACTIONAL = "transactional"
    PROMOTIONAL = "promotional"
