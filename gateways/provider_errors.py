"""What a provider's call raised in, what that says about the message out.

The question is never "was it an error?" but "can the message have gone out?".
"""

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from notifications.outcome import Outcome, not_now, refused, unknown

# The provider read the request and will not take it, now or ever (SNS Publish and SES v2
# SendEmail API references; the codes of SNS's query protocol are the names without "Exception").
PERMANENT = frozenset(
    {
        "BadRequestException",
        "InvalidParameter",
        "InvalidParameterValue",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "ParameterValueInvalid",
        "ValidationException",
    }
)

# The provider turned the request away before taking it, and says that this will pass: rates and
# quotas (Throttling arrives from SNS as a code that its model does not list), or a configuration
# that an operator can mend while the message waits.
NOT_TAKEN = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccountSuspendedException",
        "AuthorizationError",
        "ExpiredToken",
        "LimitExceededException",
        "NotFoundException",
        "SendingPausedException",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

# Raised before a byte of the request was on its way.
_NEVER_LEFT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)


def outcome_of(error: Exception) -> Outcome:
    """Say what *error* means for the message; the reason is a code, never a provider's text."""
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        if code in PERMANENT:
            return refused(code)
        return not_now(code) if code in NOT_TAKEN else unknown(code)
    name = type(error).__name__
    if isinstance(error, ParamValidationError):
        return refused(name)
    return not_now(name) if isinstance(error, _NEVER_LEFT) else unknown(name)
