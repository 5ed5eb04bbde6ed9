"""A text message and its fate come in; the line that SNS logs about its delivery goes out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local_cloud.provider_simulator.fates import SmsFate
from local_cloud.provider_simulator.text_message import TextMessage


def log_group(fate: SmsFate, *, region: str, account: str) -> str:
    """Say where SNS logs it: failures have a group of their own."""
    group = f"sns/{region}/{account}/DirectPublishToPhoneNumber"
    return group if fate.delivered else f"{group}/Failure"


def delivery_log(
    message: TextMessage, fate: SmsFate, *, message_id: str, at: datetime, dwell: timedelta
) -> dict[str, Any]:
    """Describe a delivery; *at* is when the message was published, *dwell* how long it took.

    https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
    """
    milliseconds = round(dwell.total_seconds() * 1000)
    network = _network(message.number) if fate.delivered else {"mcc": 0, "mnc": 0}
    return {
        # UTC, with a space and no zone.
        "notification": {
            "messageId": message_id,
            "timestamp": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        },
        "delivery": {
            **network,
            "numberOfMessageParts": message.parts,
            "destination": message.number,
            "priceInUSD": float(fate.price),
            "smsType": message.sms_type,
            "providerResponse": fate.response,
            "dwellTimeMs": milliseconds,
            "dwellTimeMsUntilDeviceAck": milliseconds,
        },
        "status": "SUCCESS" if fate.delivered else "FAILURE",
    }


def _network(number: str) -> dict[str, Any]:
    mcc, mnc = (310, 270) if number.startswith("+1") else (901, 1)
    return {"phoneCarrier": "Simulated Carrier", "mcc": mcc, "mnc": mnc}
