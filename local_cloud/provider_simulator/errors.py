"""Answer a call with the error that its recipient asks for. Used by `api` and `server`.

As with SES's mailbox simulator, `error+TooManyRequestsException@simulator.amazonses.com` is answered
with that error. So are the numbers +1 425 555 0100 and on, each with the error in its place of
`SMS_ERRORS`; `docs/local-cloud.md` lists them. Both can also ask for no answer at all. The error of
`error+TooManyRequestsException+LABEL@…` ends with the first e-mail to `mended+LABEL@…`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from local_cloud.provider_simulator.recipients import simulator_mailbox

REQUEST_DROPPED = "request-dropped"
ANSWER_DROPPED = "answer-dropped"


class Refused(Exception):
    """The call is answered with this HTTP status, error code and message."""

    def __init__(self, *, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


class Dropped(Exception):
    """The connection is closed without an answer, with or without the message accepted."""


# What both services answer, with the HTTP status, by the pages that `ordercast/gateways/providers/errors.py`
# names. Written here a second time, so that its tables are tested against something.
_COMMON = {
    "AccessDenied": 403,
    "AccessDeniedException": 400,
    "ExpiredToken": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InternalFailure": 500,
    "InvalidClientTokenId": 403,
    "MissingAuthenticationToken": 403,
    "NotAuthorized": 401,
    "OptInRequired": 403,
    "RequestAbortedException": 400,
    "RequestExpired": 400,
    "RequestLimitExceeded": 400,
    "RequestThrottled": 400,
    "RequestThrottledException": 400,
    "RequestTimeoutException": 408,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
    "Throttled": 429,
    "ThrottledException": 400,
    "Throttling": 400,
    "ThrottlingException": 400,
    "TooManyRequestsException": 429,
    "UnrecognizedClientException": 403,
    "ValidationError": 400,
    "ValidationException": 400,
}

EMAIL_ERRORS: Mapping[str, int] = MappingProxyType(
    {
        **_COMMON,
        "AccountSuspendedException": 400,
        "BadRequestException": 400,
        "InternalServiceErrorException": 500,
        "LimitExceededException": 400,
        "MailFromDomainNotVerifiedException": 400,
        "MessageRejected": 400,
        "NotFoundException": 404,
        "SendingPausedException": 400,
    }
)

SMS_ERRORS: Mapping[str, int] = MappingProxyType(
    {
        **_COMMON,
        "AuthorizationError": 403,
        "EndpointDisabled": 400,
        "InternalError": 500,
        "InvalidParameter": 400,
        "InvalidParameterValue": 400,
        "InvalidSecurity": 403,
        "KMSAccessDenied": 400,
        "KMSDisabled": 400,
        "KMSInvalidState": 400,
        "KMSNotFound": 400,
        "KMSOptInRequired": 403,
        "KMSThrottling": 400,
        "NotFound": 404,
        "ParameterValueInvalid": 400,
        "PlatformApplicationDisabled": 400,
    }
)


class EmailErrors:
    """Knows which error an e-mail address asks for, and which have ended."""

    def __init__(self) -> None:
        self._ended: set[str] = set()

    def __call__(self, address: str) -> str | None:
        """Return an error's code or one of the two drops; None where the e-mail is accepted."""
        name, wanted = simulator_mailbox(address)
        if name == "mended":
            self._ended.add(wanted)
        code, _, label = wanted.partition("+")
        if name != "error" or label in self._ended:
            return None
        return code if code in (*EMAIL_ERRORS, REQUEST_DROPPED, ANSWER_DROPPED) else None


def sms_error(number: str) -> str | None:
    """Return the error that a number asks for, as `EmailErrors` does."""
    return _BY_NUMBER.get(number)


def raise_before_acceptance(error: str | None, statuses: Mapping[str, int]) -> None:
    """Raise what keeps a message from being accepted: `Refused`, or `Dropped`."""
    if error == REQUEST_DROPPED:
        raise Dropped
    if error is not None and error in statuses:
        raise Refused(code=error, message="As the recipient asks.", status=statuses[error])


_FIRST = 14255550100
_BY_NUMBER = {
    f"+{number}": error
    for number, error in enumerate((*SMS_ERRORS, REQUEST_DROPPED, ANSWER_DROPPED), start=_FIRST)
}
