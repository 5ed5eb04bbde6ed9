"""Translate a provider's error into an outcome: refused, back-pressure, or unknown.

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

from ordercast.sending.outcome import Outcome, back_pressure, refused, unknown

Meaning = Callable[[str], Outcome]
"""Given a code, says what it means: `refused`, the provider will never take this message;
`back_pressure`, it takes none at the moment, until time has passed or an operator has mended something."""

# Where the lines come from:
#   Publish     https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
#   SNS common  https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
#   SendEmail   https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
#   SES common  https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
#   botocore    error codes in its models of the two services, and in its standard retry mode

# Who we are, or are not allowed to do, is looked at before anything is taken.
_TURNED_AWAY_AT_THE_DOOR: Mapping[str, Meaning] = {
    "AccessDenied": back_pressure,  # SNS and SES common, as the query protocol writes it
    "AccessDeniedException": back_pressure,  # SNS and SES common: a policy to be mended
    "ExpiredToken": back_pressure,  # botocore: as the query protocol writes it
    "ExpiredTokenException": back_pressure,  # SNS and SES common
    "IncompleteSignature": back_pressure,  # SNS and SES common
    "InvalidClientTokenId": back_pressure,  # SNS common: an access key that is gone
    "MissingAuthenticationToken": back_pressure,  # SNS common, earlier editions
    "NotAuthorized": back_pressure,  # SNS and SES common
    "OptInRequired": back_pressure,  # SNS and SES common: the account is not signed up
    "RequestExpired": back_pressure,  # SNS and SES common: our clock, or a long way
    "SignatureDoesNotMatch": back_pressure,  # IAM guide, "Troubleshoot Signature Version 4"
    "UnrecognizedClientException": back_pressure,  # SNS and SES common
}

# Too much at once; botocore's standard retry mode lists the same codes as throttling.
_TOO_MANY: Mapping[str, Meaning] = {
    "RequestLimitExceeded": back_pressure,  # botocore
    "RequestThrottled": back_pressure,  # botocore
    "RequestThrottledException": back_pressure,  # botocore
    "SlowDown": back_pressure,  # botocore
    "Throttled": back_pressure,  # botocore: SNS's ThrottledException
    "ThrottledException": back_pressure,  # botocore
    "Throttling": back_pressure,  # botocore; SNS answers it above the rate of texts
    "ThrottlingException": back_pressure,  # SNS and SES common
    "TooManyRequestsException": back_pressure,  # SendEmail: above the sending rate
}

SNS: Mapping[str, Meaning] = MappingProxyType(
    {
        **_TURNED_AWAY_AT_THE_DOOR,
        **_TOO_MANY,
        "AuthorizationError": back_pressure,  # Publish: a policy to be mended
        "EndpointDisabled": refused,  # Publish: of push, never of a phone number
        "InvalidParameter": refused,  # Publish: such as a number that no text reaches
        "InvalidParameterValue": refused,  # SNS common
        "InvalidSecurity": back_pressure,  # Publish: the signature
        "KMSAccessDenied": back_pressure,  # Publish: a key to be mended
        "KMSDisabled": back_pressure,  # Publish: likewise
        "KMSInvalidState": back_pressure,  # Publish: likewise
        "KMSNotFound": back_pressure,  # Publish: likewise
        "KMSOptInRequired": back_pressure,  # Publish: likewise
        "KMSThrottling": back_pressure,  # Publish
        "NotFound": back_pressure,  # Publish: something to be made
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
        "AccountSuspendedException": back_pressure,  # SendEmail: AWS may lift it
        "BadRequestException": refused,  # SendEmail
        "LimitExceededException": back_pressure,  # SendEmail: the quota of the day
        "MailFromDomainNotVerifiedException": back_pressure,  # SendEmail: a DNS record to be mended
        "MessageRejected": refused,  # SendEmail: its content, or an address of the sandbox
        "NotFoundException": back_pressure,  # SendEmail: a configuration set to be made
        "SendingPausedException": back_pressure,  # SendEmail: until it is resumed
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
    return back_pressure(name) if isinstance(error, NEVER_LEFT) else unknown(name)
