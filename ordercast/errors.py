"""Define the errors of the pipeline, sorted by what to do about them. Used by every layer.

PipelineError
├── Rejected                 it will never work: park it and move on
│   └── MalformedOrderEvent
└── Retryable                not now: let the event source redeliver it
    ├── LedgerUnavailable
    ├── NotificationsTopicUnavailable
    ├── ParkingUnavailable
    ├── ProviderUnavailable
    ├── QueueUnavailable
    └── StreamUnavailable

A call that may have happened is not an exception but an outcome (ordercast/sending/outcome.py):
it is recorded as in doubt, and never repeated blindly.

Messages name fields and reasons, never the values of personal data.
"""


class PipelineError(Exception):
    """An error that the pipeline handles; every other exception is a bug."""


class Rejected(PipelineError):
    """It will never work: park it and move on."""


class MalformedOrderEvent(Rejected):
    """The bytes do not follow the order-event contract; the message names the field."""


class Retryable(PipelineError):
    """Not now: let the event source redeliver it."""


class LedgerUnavailable(Retryable):
    """A table could not be read or written."""


class NotificationsTopicUnavailable(Retryable):
    """The notifications topic did not accept a publication."""


class ParkingUnavailable(Retryable):
    """A record could not be parked, so its batch must not be acknowledged."""


class ProviderUnavailable(Retryable):
    """A provider did not say what it allows the account; sending goes on without."""


class QueueUnavailable(Retryable):
    """Messages of a queue could not be received, sent or deleted."""


class StatusTopicUnavailable(Retryable):
    """The topic of status events did not accept a publication."""


class StreamUnavailable(Retryable):
    """The orders stream could not be read."""
