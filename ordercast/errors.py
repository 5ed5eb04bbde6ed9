"""What can go wrong, sorted by what to do about it.

PipelineError
├── Rejected                 it will never work: park it and move on
│   └── MalformedOrderEvent
└── Retryable                not now: let the event source bring it again
    ├── LedgerUnavailable
    ├── HubUnavailable
    ├── ParkingUnavailable
    ├── QueueUnavailable
    └── StreamUnavailable

A call that may have happened is no exception but an outcome (ordercast/sending/outcome.py): it is
recorded as in doubt, and never repeated blindly.

Messages name fields and reasons, never the values of personal data.
"""


class PipelineError(Exception):
    """Anything the pipeline knows how to answer; whatever else is raised is a bug."""


class Rejected(PipelineError):
    """It will never work: park it and move on."""


class MalformedOrderEvent(Rejected):
    """The bytes do not follow the order-event contract; the message names the field."""


class Retryable(PipelineError):
    """Not now: let the event source bring it again."""


class LedgerUnavailable(Retryable):
    """A table could not be read or written."""


class NotificationsTopicUnavailable(Retryable):
    """The hub did not take a publication."""


class ParkingUnavailable(Retryable):
    """A record could not be parked, so it must not be let go."""


class QueueUnavailable(Retryable):
    """A queue's messages could not be looked at, sent or removed."""


class StreamUnavailable(Retryable):
    """The orders stream could not be read again."""
