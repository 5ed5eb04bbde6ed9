"""Write the line that SNS logs about the delivery of a text message. Used by `api`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local_cloud.environment import ACCOUNT
from local_cloud.provider_simulator.outcomes_and_delays import SmsDelivery
from local_cloud.provider_simulator.text_message import TextMessage


def log_group(delivery: SmsDelivery, region: str) -> str:
    """Return the log group: failures have one of their own."""
    group = f"sns/{region}/{ACCOUNT}/DirectPublishToPhoneNumber"
    return group if delivery.delivered else f"{group}/Failure"


def delivery_log(
    message: TextMessage, delivery: SmsDelivery, *, message_id: str, at: datetime, dwell: timedelta
) -> dict[str, Any]:
    """Describe a delivery; *at* is when the message was published, *dwell* how long it took.

    https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
    """
    milliseconds = round(dwell.total_seconds() * 1000)
    network = _network(message.number) if delivery.delivered else {"mcc": 0, "mnc": 0}
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
            "priceInUSD": float(delivery.price),
            "smsType": message.sms_type,
            "providerResponse": delivery.response,
            "dwellTimeMs": milliseconds,
            "dwellTimeMsUntilDeviceAck": milliseconds,
        },
        "status": "SUCCESS" if delivery.delivered else "FAILURE",
    }


def _network(number: str) -> dict[str, Any]:
    mcc, mnc = (310, 270) if number.startswith("+1") else (901, 1)
    return {"phoneCarrier": "Simulated Carrier", "mcc": mcc, "mnc": mnc}
