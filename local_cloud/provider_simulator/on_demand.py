"""Whom a message is for comes in; the trouble that its provider's call meets, on demand, goes out.

After the SES mailbox simulator: `error+TooManyRequestsException@simulator.amazonses.com` is answered
with that error, and so are the numbers +1 425 555 0100 and on, each with the error in its place of
`SMS_ERRORS`. `docs/local-cloud.md` lists them. Both may also be given no answer at all. The trouble
of `error+TooManyRequestsException+LABEL@…` is over with the first e-mail to `mended+LABEL@…`.
"""

from collections.abc import Mapping
from email.utils import parseaddr
from types import MappingProxyType

from local_cloud.provider_simulator.refusal import Refused

REQUEST_DROPPED = "request-dropped"
ANSWER_DROPPED = "answer-dropped"


class Dropped(Exception):
    """The connection is closed without an answer; whether the message was taken is not told."""


# What both services answer, with the HTTP status, by the pages that `gateways/provider_errors.py`
# names. Told here a second time, so that its tables are tried against something.
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


class EmailTroubles:
    """Says which trouble an e-mail meets, and remembers which have been mended."""

    def __init__(self) -> None:
        self._mended: set[str] = set()

    def __call__(self, address: str) -> str | None:
        """Return an error's code or one of the two drops; None where the e-mail is taken."""
        local, _, domain = parseaddr(address)[1].rpartition("@")
        name, _, rest = local.partition("+")
        if domain.lower() != "simulator.amazonses.com":
            return None
        if name.lower() == "mended":
            self._mended.add(rest)
        wanted, _, label = rest.partition("+")
        if name.lower() != "error" or label in self._mended:
            return None
        return wanted if wanted in (*EMAIL_ERRORS, REQUEST_DROPPED, ANSWER_DROPPED) else None


def sms_trouble(number: str) -> str | None:
    """Say which trouble a text message to *number* meets, likewise."""
    return _BY_NUMBER.get(number)


def meet(trouble: str | None, errors: Mapping[str, int]) -> None:
    """Raise what keeps a message from being taken: `Refused`, or `Dropped`."""
    if trouble == REQUEST_DROPPED:
        raise Dropped
    if trouble is not None and trouble in errors:
        message = "As it was asked for."
        raise Refused(code=trouble, message=message, status=errors[trouble])


_FIRST = 14255550100
_BY_NUMBER = {
    f"+{number}": trouble
    for number, trouble in enumerate((*SMS_ERRORS, REQUEST_DROPPED, ANSWER_DROPPED), start=_FIRST)
}
