"""Translate an error of End User Messaging into an outcome, by its code and reason. Used by `end_user_messaging`.

Unlike SNS it says at once what it does not take and why, so nothing of that is in doubt.
"""

from collections.abc import Mapping
from types import MappingProxyType

from botocore.exceptions import ClientError

from ordercast.decisions.usable_addresses import COUNTRY_CLOSED
from ordercast.gateways.providers.errors import (
    SANDBOX,
    TOO_MANY,
    TURNED_AWAY_AT_THE_DOOR,
    Meaning,
    account_trouble,
    outcome_of,
)
from ordercast.receipts.provider_events import OPTED_OUT_KIND, OVER_PRICE, SuppressionReason
from ordercast.sending.outcome import ORIGINATION_MISSING, Outcome, refused

# Where the lines come from: SendTextMessage in the API reference of End User Messaging,
# https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html,
# and the reasons that botocore's model lists for its errors.

SMS_VOICE: Mapping[str, Meaning] = MappingProxyType(
    {
        **TURNED_AWAY_AT_THE_DOOR,
        **TOO_MANY,
        # Something of ours, to be made or mended: a number, a pool, a configuration set, a quota.
        "ConflictException": account_trouble,
        "ResourceNotFoundException": account_trouble,
        "ServiceQuotaExceededException": account_trouble,  # the month's spend limit too
        "ValidationException": refused,
    }
)

REASONS: Mapping[str, Outcome] = MappingProxyType(
    {
        # Of the recipient
        "DESTINATION_PHONE_NUMBER_OPTED_OUT": refused(
            SuppressionReason.OPTED_OUT, proves=OPTED_OUT_KIND
        ),
        "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": refused(
            SuppressionReason.BLOCKED
        ),
        # Of the country
        "COUNTRY_NOT_ENABLED": refused(COUNTRY_CLOSED),
        "DESTINATION_COUNTRY_BLOCKED": refused(COUNTRY_CLOSED),
        "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": refused(COUNTRY_CLOSED),
        # Of our origination in it: holds that country's texts alone
        "INTERNATIONAL_SENDING_NOT_SUPPORTED": account_trouble(ORIGINATION_MISSING),
        "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": account_trouble(ORIGINATION_MISSING),
        "NO_ORIGINATION_IDENTITIES_FOUND": account_trouble(ORIGINATION_MISSING),
        "SENDER_ID_NOT_REGISTERED": account_trouble(ORIGINATION_MISSING),
        "SENDER_ID_NOT_SUPPORTED": account_trouble(ORIGINATION_MISSING),
        "SENDER_ID_REQUIRES_REGISTRATION": account_trouble(ORIGINATION_MISSING),
        # Of the price
        "PRICE_OVER_THRESHOLD": refused(OVER_PRICE),
        # Of the account
        "CHANNEL_NOT_ENABLED": account_trouble("CHANNEL_NOT_ENABLED"),
        "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": account_trouble(SANDBOX),
        "INVALID_ARN": account_trouble("INVALID_ARN"),
        "RESOURCE_NOT_ACCESSIBLE": account_trouble("RESOURCE_NOT_ACCESSIBLE"),
    }
)
"""What a reason means, whatever the code that it comes with."""


def outcome_of_sms_voice(error: Exception) -> Outcome:
    """Say what *error* means for the message; a reason that is in no table leaves it to the code.

    With either the outcome's reason is theirs, never the text beside it, which may name a number.
    """
    if not isinstance(error, ClientError):
        return outcome_of(error, SMS_VOICE)
    reason = error.response.get("Reason")
    if not isinstance(reason, str) or not reason:
        return outcome_of(error, SMS_VOICE)
    if reason in REASONS:
        return REASONS[reason]
    meaning = SMS_VOICE.get(error.response["Error"]["Code"])
    return meaning(reason) if meaning else outcome_of(error, SMS_VOICE)
