"""Read all facts of an account and a stage side by side, each on its own. Used by `ordercast doctor`."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ordercast.gateways import clients
from ordercast.operations.doctor import read_mail, read_stage, read_texts, read_voice
from ordercast.operations.doctor.readings import Source, UnreadSource
from ordercast.operations.target import Target
from ordercast.settings.brands import mail_domains
from ordercast.settings.texts import END_USER_MESSAGING, named_providers
from ordercast.workflows.ports import Clock

AT_ONCE = 8
"""Sources that are read side by side; most of these calls allow one or a few a second."""

ACTIONS: Mapping[Source, tuple[str, ...]] = {
    Source.MAIL_ACCOUNT: ("ses:GetAccount",),
    Source.MAIL_IDENTITIES: ("ses:GetEmailIdentity",),
    Source.MAIL_EVENTS: ("ses:GetConfigurationSet",),
    Source.MAIL_REPUTATION: ("cloudwatch:GetMetricData",),
    Source.TEXT_SANDBOX: ("sns:GetSMSSandboxAccountStatus",),
    Source.TEXT_SPEND: ("sns:GetSMSAttributes", "cloudwatch:GetMetricData"),
    Source.VOICE_SANDBOX: ("sms-voice:DescribeAccountAttributes",),
    Source.VOICE_SPEND: ("sms-voice:DescribeSpendLimits", "cloudwatch:GetMetricData"),
    Source.VOICE_OPTED_OUT: ("sms-voice:DescribeOptedOutNumbers",),
    Source.TEXT_LOGGING: ("sns:GetSMSAttributes",),
    Source.PRICES: (),
    Source.ORIGINATIONS: (
        *("sms-voice:DescribePhoneNumbers", "sms-voice:DescribePools"),
        "sms-voice:DescribeSenderIds",
    ),
    Source.OPTED_OUT: ("sns:ListPhoneNumbersOptedOut",),
    Source.LOG_GROUPS: ("logs:DescribeLogGroups", "logs:DescribeSubscriptionFilters"),
    Source.CONCURRENCY: ("lambda:GetAccountSettings",),
    Source.KEY: ("sqs:GetQueueAttributes", "kms:DescribeKey", "kms:GetKeyRotationStatus"),
    Source.ALARM_TARGETS: ("ssm:GetParameter", "sns:ListSubscriptionsByTopic"),
    Source.CLOCK: (),  # STS answers whoever asks
    Source.BOOTSTRAP: ("ssm:GetParameter",),
}
"""The IAM actions that each source takes (docs/doctor.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """The readers of a stage's account; *client* makes a client of a service.

    Only *sources* are read: all, or what there is in a second Region (`second_region` beside).
    """

    target: Target
    now: Clock
    client: Callable[[str], Any]
    sources: AbstractSet[Source] = frozenset(Source)

    def read(self) -> dict[Source, object]:
        """Read every source; what is refused or fails is `UnreadSource`, and hides no other."""
        readers = {each: read for each, read in self._readers().items() if each in self.sources}
        with ThreadPoolExecutor(AT_ONCE) as workers:
            return dict(zip(readers, workers.map(_read, readers.values()), strict=True))

    def _readers(self) -> dict[Source, Callable[[], object]]:
        # Made here: a session makes its clients in one thread only.
        ses, sns, texts, cloudwatch, logs, functions, kms, ssm, queues, sts = map(
            self.client, SERVICES
        )
        names, stage = self.target.names, self.target.stage
        domains = mail_domains(self.target.settings)
        groups = read_texts.names_of_log_groups(names.notifications_topic)
        return {
            Source.MAIL_ACCOUNT: lambda: read_mail.mail_account(ses),
            Source.MAIL_IDENTITIES: lambda: read_mail.mail_identities(ses, domains),
            Source.MAIL_EVENTS: lambda: read_mail.mail_events(ses, names.configuration_set),
            Source.MAIL_REPUTATION: lambda: read_mail.mail_reputation(cloudwatch, self.now()),
            Source.TEXT_SANDBOX: lambda: read_texts.text_sandbox(sns),
            Source.TEXT_SPEND: lambda: read_texts.text_spend(sns, cloudwatch, self.now()),
            **(self._of_end_user_messaging(texts, cloudwatch) if self._uses_it else {}),
            Source.TEXT_LOGGING: lambda: read_texts.text_logging(sns),
            Source.PRICES: read_texts.prices,
            Source.ORIGINATIONS: lambda: read_texts.originations(texts),
            Source.OPTED_OUT: lambda: read_texts.opted_out(sns),
            Source.LOG_GROUPS: lambda: read_texts.log_groups(logs, groups),
            Source.CONCURRENCY: lambda: read_stage.concurrency(functions),
            Source.KEY: lambda: read_stage.stage_key(queues, kms, names.receipts_queue),
            Source.ALARM_TARGETS: lambda: read_stage.alarm_targets(ssm, sns, stage),
            Source.CLOCK: lambda: read_stage.clock_skew(sts, self.now),
            Source.BOOTSTRAP: lambda: read_stage.bootstrap(ssm),
        }

    @property
    def _uses_it(self) -> bool:
        return END_USER_MESSAGING in named_providers(self.target.settings)

    def _of_end_user_messaging(
        self,
        texts: Any,  # noqa: ANN401 - a client without stubs
        cloudwatch: Any,  # noqa: ANN401
    ) -> dict[Source, Callable[[], object]]:
        return {
            Source.VOICE_SANDBOX: lambda: read_voice.voice_sandbox(texts),
            Source.VOICE_SPEND: lambda: read_voice.voice_spend(texts, cloudwatch, self.now()),
            Source.VOICE_OPTED_OUT: lambda: read_voice.voice_opted_out(texts),
        }


SERVICES = (
    *("sesv2", "sns", "pinpoint-sms-voice-v2", "cloudwatch", "logs"),
    *("lambda", "kms", "ssm", "sqs", "sts"),
)


def account_facts(target: Target, *, now: Clock, endpoint: str | None = None) -> AccountFacts:
    """Return the readers for the account of the environment's credentials, or of a local cloud at *endpoint*."""
    return AccountFacts(
        target=target,
        now=now,
        client=lambda service: clients.account_facts(service, endpoint=endpoint),
    )


def _read(reader: Callable[[], object]) -> object:
    try:
        return reader()
    except ClientError as error:
        return UnreadSource(why=error.response.get("Error", {}).get("Code", "refused"))
    except Exception as error:  # noqa: BLE001 - one fact that fails must not hide the others
        return UnreadSource(why=type(error).__name__)
