"""A provider's account in memory, whose quota a test sets."""

from dataclasses import dataclass, field

from ordercast.errors import ProviderUnavailable
from ordercast.pacing.send_quota import SendQuota


@dataclass(slots=True)
class FakeSendQuotas:
    """Without a limit, until a test sets one; `unavailable` makes it fail."""

    quota: SendQuota = field(default_factory=SendQuota)
    unavailable: bool = False

    def send_quota(self) -> SendQuota:
        if self.unavailable:
            raise ProviderUnavailable("send_quota")
        return self.quota
