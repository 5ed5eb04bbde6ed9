"""Keep the simulated facts of the account: what SES, SNS and quotas say of it. Used by `account_api`.

`account.json` in the local cloud's folder names those that are to be otherwise; it is read at each
call, so that a change counts at once.
"""

from pathlib import Path
from typing import Literal

import msgspec

ACCOUNT_FILE = "account.json"

SimulatedGroups = Literal["read", "missing", "unread", "unadopted", "with another filter"]


class SimulatedAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account that is ready for everything; None leaves a fact to the emulator.

    `refused` are operations that are answered with AccessDenied, such as GetAccount.
    """

    refused: tuple[str, ...] = ()
    # SES: rates in recipients a second, quotas in recipients of 24 hours, -1 is no limit.
    production_access: bool = True
    sending: bool = True
    enforcement: Literal["HEALTHY", "PROBATION", "SHUTDOWN"] = "HEALTHY"
    rate: float = 10_000
    quota: float = -1
    sent: float = 0
    plan: Literal["NONE", "ESSENTIALS", "PRO", "ENTERPRISE"] = "ESSENTIALS"
    verified: bool = True
    dkim: Literal["PENDING", "SUCCESS", "FAILED", "TEMPORARY_FAILURE", "NOT_STARTED"] = "SUCCESS"
    feedback_forwarding: bool = False
    configuration_set_sending: bool = True
    bounce_percent: float = 0
    complaint_percent: float = 0
    # SNS and End User Messaging: US dollars of a month, countries (ISO 3166-1).
    sms_sandbox: bool = False
    sms_limit: str = "1000"
    sms_spent: float = 0
    sms_logging: bool = True
    sms_sampling: int = 100
    numbers: tuple[str, ...] = ("US", "CA", "AU", "SE")
    sender_ids: tuple[tuple[str, str], ...] = ()  # of a country, an id
    sms_voice_sandbox: bool = False
    sms_voice_limit: int = 1000
    sms_voice_spent: float = 0
    opted_out: tuple[str, ...] = ()  # numbers on the list of End User Messaging
    sns_opted_out: tuple[str, ...] = ()  # numbers on that of SNS
    suppressed: tuple[str, ...] = ()  # addresses on SES's
    pools: tuple[str, ...] = ()  # their ids
    log_groups: SimulatedGroups | None = None
    # Everything else.
    concurrency: int = 1000
    key_state: str | None = None
    key_rotation: bool | None = None
    subscriptions: tuple[Literal["confirmed", "pending"], ...] | None = ("confirmed",)
    clock_ahead: float = 0  # seconds that AWS's clock is ahead of this machine's
    bootstrap: int | None = None


def read_account(folder: Path) -> SimulatedAccount:
    """Read the file, if there is one. Raises `msgspec.MsgspecError` for one that names no fact."""
    try:
        return msgspec.json.decode((folder / ACCOUNT_FILE).read_bytes(), type=SimulatedAccount)
    except FileNotFoundError:
        return SimulatedAccount()


def write_account(folder: Path, account: SimulatedAccount) -> None:
    """Write the file, as a call has changed the account."""
    (folder / ACCOUNT_FILE).write_bytes(msgspec.json.encode(account))
