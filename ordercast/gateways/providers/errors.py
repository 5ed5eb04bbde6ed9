"""Translate a provider's error into an outcome: refused, back-pressure, or unknown.

The question is never "was it an error?" but "can the message have gone out?". Back-pressure then
is of the rate and passes by itself, of an outage, of a day's quota, or trouble with the account, for a person to
mend. A code that is in no table leaves it open, and so do the services' own failures: `InternalError`,
`InternalFailure`, `ServiceUnavailable`, `RequestAbortedException`, `RequestTimeoutException`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
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

from ordercast.sending.outcome import (
    DAILY_QUOTA,
    ORIGINATION_MISSING,
    BackPressure,
    Outcome,
    back_pressure,
    refused,
    unknown,
)

Meaning = Callable[[str], Outcome]
"""Given a code, says what it means: `refused`, the provider will never take this message; or one of
the kinds of back-pressure, it takes none at the moment."""

quota_used_up = partial(back_pressure, kind=BackPressure.QUOTA)
outage = partial(back_pressure, kind=BackPressure.OUTAGE)
account_trouble = partial(back_pressure, kind=BackPressure.ACCOUNT)

Reading = Callable[[str, str], Outcome | None]
"""Given a code and the text beside it, says what they mean together; None leaves it to the code."""

# Reasons of ours, where the code alone says too little; docs/runbook.md says what to do about each.
SANDBOX = "sandbox"
SENDER_NOT_VERIFIED = "sender-not-verified"

# Where the lines come from:
#   Publish     https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
#   SNS common  https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
#   SendEmail   https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
#   SES common  https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
#   botocore    error codes in its models of the two services, and in its standard retry mode

# Who we are, or are not allowed to do, is looked at before anything is taken.
TURNED_AWAY_AT_THE_DOOR: Mapping[str, Meaning] = {
    "AccessDenied": account_trouble,  # SNS and SES common, as the query protocol writes it
    "AccessDeniedException": account_trouble,  # SNS and SES common: a policy to be mended
    "ExpiredToken": back_pressure,  # botocore: as the query protocol writes it
    "ExpiredTokenException": back_pressure,  # SNS and SES common
    "IncompleteSignature": back_pressure,  # SNS and SES common
    "InvalidClientTokenId": account_trouble,  # SNS common: an access key that is gone
    "MissingAuthenticationToken": account_trouble,  # SNS common, earlier editions
    "NotAuthorized": account_trouble,  # SNS and SES common
    "OptInRequired": account_trouble,  # SNS and SES common: the account is not signed up
    "RequestExpired": back_pressure,  # SNS and SES common: our clock, or a long way
    "SignatureDoesNotMatch": back_pressure,  # IAM guide, "Troubleshoot Signature Version 4"
    "UnrecognizedClientException": account_trouble,  # SNS and SES common
}

# Too much at once; botocore's standard retry mode lists the same codes as throttling.
TOO_MANY: Mapping[str, Meaning] = {
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
        **TURNED_AWAY_AT_THE_DOOR,
        **TOO_MANY,
        "AuthorizationError": account_trouble,  # Publish: a policy to be mended
        "EndpointDisabled": refused,  # Publish: of push, never of a phone number
        "InvalidParameter": refused,  # Publish: such as a number that no text reaches
        "InvalidParameterValue": refused,  # SNS common
        "InvalidSecurity": back_pressure,  # Publish: the signature
        "KMSAccessDenied": account_trouble,  # Publish: a key to be mended
        "KMSDisabled": account_trouble,  # Publish: likewise
        "KMSInvalidState": account_trouble,  # Publish: likewise
        "KMSNotFound": account_trouble,  # Publish: likewise
        "KMSOptInRequired": account_trouble,  # Publish: likewise
        "KMSThrottling": back_pressure,  # Publish
        "NotFound": account_trouble,  # Publish: something to be made
        "ParameterValueInvalid": refused,  # Publish: InvalidParameterValueException
        "PlatformApplicationDisabled": refused,  # Publish: of push, never of a phone number
        "ValidationError": refused,  # SNS common
        "ValidationException": refused,  # Publish
    }
)

SES: Mapping[str, Meaning] = MappingProxyType(
    {
        **TURNED_AWAY_AT_THE_DOOR,
        **TOO_MANY,
        "AccountSuspendedException": account_trouble,  # SendEmail: AWS may lift it
        "BadRequestException": refused,  # SendEmail
        "LimitExceededException": quota_used_up,  # SendEmail: the quota of the day
        "MailFromDomainNotVerifiedException": account_trouble,  # SendEmail: a DNS record to be mended
        "MessageRejected": refused,  # SendEmail: its content, or an address of the sandbox
        "NotFoundException": account_trouble,  # SendEmail: a configuration set to be made
        "SendingPausedException": account_trouble,  # SendEmail: until it is resumed
        "ValidationError": refused,  # SES common
        "ValidationException": refused,  # SES common
    }
)

# Raised before a byte of the request was on its way (botocore.exceptions): nothing listens there, or
# the request could not be signed.
UNREACHABLE = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
NEVER_LEFT = (
    *UNREACHABLE,
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    TokenRetrievalError,
)


def outcome_of(
    error: Exception, meanings: Mapping[str, Meaning], read: Reading = lambda *_: None
) -> Outcome:
    """Say what *error* means for the message; the reason is a code, never a provider's text."""
    if isinstance(error, ClientError):
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        return read(code, text) or meanings.get(code, unknown)(code)
    name = type(error).__name__
    if isinstance(error, ParamValidationError):
        return refused(name)
    if isinstance(error, UNREACHABLE):
        return outage(name)
    return back_pressure(name) if isinstance(error, NEVER_LEFT) else unknown(name)


def read_sns(code: str, text: str) -> Outcome | None:
    """Tell trouble with the account from a number that no text reaches."""
    if SNS.get(code) is not refused:
        return None
    if "origination" in text.lower():  # none is registered for that country
        return account_trouble(ORIGINATION_MISSING)
    return account_trouble(SANDBOX) if "sandbox" in text.lower() else None


def read_ses(code: str, text: str, *, senders: Iterable[str]) -> Outcome | None:
    """Tell a used-up quota from too high a rate, and unverified identities from bad content.

    SES lists those that failed (developer guide, "Amazon SES email sending errors"): ours, or in
    the sandbox the recipient's, who can do nothing about it either.
    """
    text = text.lower()
    if SES.get(code) is back_pressure:
        return quota_used_up(DAILY_QUOTA) if "daily" in text or "quota" in text else None
    if code != "MessageRejected" or "not verified" not in text:
        return None
    failed = _identities(text.rpartition(": ")[2])
    addresses = {each.lower() for each in senders}
    domains = {each.rpartition("@")[2] for each in addresses}
    ours = not failed or not failed.isdisjoint(addresses | domains)
    return account_trouble(SENDER_NOT_VERIFIED if ours else SANDBOX)


def _identities(listed: str) -> set[str]:
    """Return addresses and domains of a list such as `Shop <orders@example.com>, example.com`."""
    names: Iterable[str] = (
        each.strip().rpartition("<")[2].rstrip(">.") for each in listed.split(",")
    )
    return {name.rpartition("/")[2] for name in names if "." in name}
