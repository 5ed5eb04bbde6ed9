"""Translate a provider's error into an outcome: refused, not now, or unknown.

The question is never "was it an error?" but "can the message have gone out?". A code that is in
no table leaves that open, and so do the services' own failures: `InternalError`,
`InternalFailure`, `ServiceUnavailable`, `RequestAbortedException`, `RequestTimeoutException`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    TokenRetrievalError,
)

from ordercast.sending.outcome import Outcome, not_now, refused, unknown

Meaning = Callable[[str], Outcome]
"""Given a code, says what it means: `refused`, the provider will never take this message;
`not_now`, it did not take it, and will when time has passed or an operator has mended something."""

# Where the lines come from:
#   Publish     https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
#   SNS common  https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
#   SendEmail   https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
#   SES common  https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
#   botocore    error codes in its models of the two services, and in its standard retry mode

# Who we are, or are not allowed to do, is looked at before anything is taken.
_TURNED_AWAY_AT_THE_DOOR: Mapping[str, Meaning] = {
    "AccessDenied": not_now,  # SNS and SES common, as the query protocol writes it
    "AccessDeniedException": not_now,  # SNS and SES common: a policy to be mended
    "ExpiredToken": not_now,  # botocore: as the query protocol writes it
    "ExpiredTokenException": not_now,  # SNS and SES common
    "IncompleteSignature": not_now,  # SNS and SES common
    "InvalidClientTokenId": not_now,  # SNS common: an access key that is gone
    "MissingAuthenticationToken": not_now,  # SNS common, earlier editions
    "NotAuthorized": not_now,  # SNS and SES common
    "OptInRequired": not_now,  # SNS and SES common: the account is not signed up
    "RequestExpired": not_now,  # SNS and SES common: our clock, or a long way
    "SignatureDoesNotMatch": not_now,  # IAM guide, "Troubleshoot Signature Version 4"
    "UnrecognizedClientException": not_now,  # SNS and SES common
}

# Too much at once; botocore's standard retry mode lists the same codes as throttling.
_TOO_MANY: Mapping[str, Meaning] = {
    "RequestLimitExceeded": not_now,  # botocore
    "RequestThrottled": not_now,  # botocore
    "RequestThrottledException": not_now,  # botocore
    "SlowDown": not_now,  # botocore
    "Throttled": not_now,  # botocore: SNS's ThrottledException
    "ThrottledException": not_now,  # botocore
    "Throttling": not_now,  # botocore; SNS answers it above the rate of texts
    "ThrottlingException": not_now,  # SNS and SES common
    "TooManyRequestsException": not_now,  # SendEmail: above the sending rate
}

SNS: Mapping[str, Meaning] = MappingProxyType(
    {
        **_TURNED_AWAY_AT_THE_DOOR,
        **_TOO_MANY,
        "AuthorizationError": not_now,  # Publish: a policy to be mended
        "EndpointDisabled": refused,  # Publish: of push, never of a phone number
        "InvalidParameter": refused,  # Publish: such as a number that no text reaches
        "InvalidParameterValue": refused,  # SNS common
        "InvalidSecurity": not_now,  # Publish: the signature
        "KMSAccessDenied": not_now,  # Publish: a key to be mended
        "KMSDisabled": not_now,  # Publish: likewise
        "KMSInvalidState": not_now,  # Publish: likewise
        "KMSNotFound": not_now,  # Publish: likewise
        "KMSOptInRequired": not_now,  # Publish: likewise
        "KMSThrottling": not_now,  # Publish
        "NotFound": not_now,  # Publish: something to be made
        "ParameterValueInvalid": refused,  # Publish: InvalidParameterValueException
        "PlatformApplicationDisabled": refused,  # Publish: of push, never of a phone number
        "ValidationError": refused,  # SNS common
        "ValidationException": refused,  # Publish
    }
)

SES: Mapping[str, Meaning] = MappingProxyType(
    {
        **_TURNED_AWAY_AT_THE_DOOR,
        **_TOO_MANY,
        "AccountSuspendedException": not_now,  # SendEmail: AWS may lift it
        "BadRequestException": refused,  # SendEmail
        "LimitExceededException": not_now,  # SendEmail: the quota of the day
        "MailFromDomainNotVerifiedException": not_now,  # SendEmail: a DNS record to be mended
        "MessageRejected": refused,  # SendEmail: its content, or an address of the sandbox
        "NotFoundException": not_now,  # SendEmail: a configuration set to be made
        "SendingPausedException": not_now,  # SendEmail: until it is resumed
        "ValidationError": refused,  # SES common
        "ValidationException": refused,  # SES common
    }
)

# Raised before a byte of the request was on its way (botocore.exceptions).
NEVER_LEFT = (
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProxyConnectionError,
    TokenRetrievalError,
)


def outcome_of(error: Exception, meanings: Mapping[str, Meaning]) -> Outcome:
    """Say what *error* means for the message; the reason is a code, never a provider's text."""
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        return meanings.get(code, unknown)(code)
    name = type(error).__name__
    if isinstance(error, ParamValidationError):
        return refused(name)
    return not_now(name) if isinstance(error, NEVER_LEFT) else unknown(name)
