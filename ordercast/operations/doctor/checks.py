"""List every fact that has kept messages from arriving, and how it is judged. Used by `ordercast doctor`."""

from typing import Any

from ordercast.events.order_event import Channel
from ordercast.operations.doctor import mail_checks as mail
from ordercast.operations.doctor import stage_checks as of_stage
from ordercast.operations.doctor import text_checks as texts
from ordercast.operations.doctor.findings import Check
from ordercast.operations.doctor.readings import Source

EMAIL, SMS = Channel.EMAIL, Channel.SMS

CHECKS: tuple[Check[Any], ...] = (
    Check("e-mail identity", EMAIL, Source.MAIL_IDENTITIES, mail.verified),
    Check("e-mail DKIM", EMAIL, Source.MAIL_IDENTITIES, mail.signed),
    Check("e-mail feedback", EMAIL, Source.MAIL_IDENTITIES, mail.feedback),
    Check("e-mail sandbox", EMAIL, Source.MAIL_ACCOUNT, mail.sandbox),
    Check("e-mail rate", EMAIL, Source.MAIL_ACCOUNT, mail.rate),
    Check("e-mail quota", EMAIL, Source.MAIL_ACCOUNT, mail.quota),
    Check("e-mail plan", EMAIL, Source.MAIL_ACCOUNT, mail.plan),
    Check("e-mail sending", EMAIL, Source.MAIL_ACCOUNT, mail.sending),
    Check("e-mail sending of the stage", EMAIL, Source.MAIL_EVENTS, mail.set_sending),
    Check("e-mail review", EMAIL, Source.MAIL_ACCOUNT, mail.enforcement),
    Check("e-mail bounces", EMAIL, Source.MAIL_REPUTATION, mail.bounces),
    Check("e-mail complaints", EMAIL, Source.MAIL_REPUTATION, mail.complaints),
    Check("SMS sandbox", SMS, Source.TEXT_SANDBOX, texts.of_sns(texts.sandbox)),
    Check("SMS spend", SMS, Source.TEXT_SPEND, texts.of_sns(texts.spend)),
    Check("SMS spend alarm", SMS, Source.TEXT_SPEND, texts.of_sns(texts.spend_alarm)),
    Check("End User Messaging sandbox", SMS, Source.VOICE_SANDBOX, texts.sandbox),
    Check("End User Messaging spend", SMS, Source.VOICE_SPEND, texts.voice_spend),
    Check("End User Messaging spend alarm", SMS, Source.VOICE_SPEND, texts.voice_spend_alarm),
    Check("End User Messaging opt-out list", SMS, Source.VOICE_OPTED_OUT, texts.opted_out),
    Check("SMS price", SMS, Source.PRICES, texts.prices),
    Check("SMS origination", SMS, Source.ORIGINATIONS, texts.originations),
    Check("SMS opted-out list", SMS, Source.OPTED_OUT, texts.of_sns(texts.opted_out)),
    Check("SMS delivery logging", SMS, Source.TEXT_LOGGING, texts.of_sns(texts.logging)),
    Check("SMS log group", SMS, Source.LOG_GROUPS, texts.of_sns(texts.log_groups)),
    Check("SMS log filters", SMS, Source.LOG_GROUPS, texts.other_filters),
    Check("Lambda concurrency", None, Source.CONCURRENCY, of_stage.concurrency),
    Check("key", None, Source.KEY, of_stage.key_usable),
    Check("key rotation", None, Source.KEY, of_stage.key_rotation),
    Check("alarm target", None, Source.ALARM_TARGETS, of_stage.alarm_target),
    Check("clock", None, Source.CLOCK, of_stage.clock),
    Check("CDK bootstrap", None, Source.BOOTSTRAP, of_stage.bootstrap),
)
"""In the order of the report. A channel is about its own lines and those without a channel."""
