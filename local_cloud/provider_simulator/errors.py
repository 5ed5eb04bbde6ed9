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
    """The call is answered with this HTTP status, error code and message; End User Messaging adds a reason."""

    def __init__(self, *, code: str, message: str, status: int = 400, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
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


SMS_VOICE_ERRORS: Mapping[str, int] = MappingProxyType(
    {
        "AccessDeniedException/ACCOUNT_DISABLED": 400,
        "ConflictException/DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": 400,
        "ConflictException/DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": 400,
        "ConflictException/DESTINATION_PHONE_NUMBER_NOT_VERIFIED": 400,
        "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT": 400,
        "ConflictException/NO_ORIGINATION_IDENTITIES_FOUND": 400,
        "InternalServerException": 500,
        "ResourceNotFoundException": 400,
        "ServiceQuotaExceededException/MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": 400,
        "ThrottlingException": 400,
        "ValidationException/DESTINATION_COUNTRY_BLOCKED": 400,
        "ValidationException/INVALID_PARAMETER": 400,
        "ValidationException/PRICE_OVER_THRESHOLD": 400,
        "ValidationException/SENDER_ID_NOT_REGISTERED": 400,
    }
)
"""Of End User Messaging, with the reason after the code."""


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


def sms_voice_error(number: str) -> str | None:
    """Return the error that a number asks End User Messaging for; the drops are those of SNS."""
    drop = sms_error(number)
    return drop if drop in {REQUEST_DROPPED, ANSWER_DROPPED} else _BY_VOICE_NUMBER.get(number)


def raise_before_acceptance(error: str | None, statuses: Mapping[str, int]) -> None:
    """Raise what keeps a message from being accepted: `Refused`, or `Dropped`."""
    if error == REQUEST_DROPPED:
        raise Dropped
    if error is not None and error in statuses:
        code, _, reason = error.partition("/")
        message = "As the recipient asks."
        raise Refused(code=code, message=message, status=statuses[error], reason=reason)


_FIRST = 14255550100
_BY_NUMBER = {
    f"+{number}": error
    for number, error in enumerate((*SMS_ERRORS, REQUEST_DROPPED, ANSWER_DROPPED), start=_FIRST)
}
_BY_VOICE_NUMBER = {
    f"+{number}": error for number, error in enumerate(SMS_VOICE_ERRORS, start=_FIRST + 50)
}
