"""Do an operator's act on a stage and keep it in the audit trail. Used by every command that changes something."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from secrets import token_hex

from ordercast.audit import Act, AuditTrail, Doing, Verb, recorded, shortened
from ordercast.operations.caller import caller_on
from ordercast.operations.target import Target


def audit_trail_of(where: Target) -> AuditTrail:
    """Return the audit trail of a stage."""
    return where.audit_trail()


def audited(
    where: Target, verb: Verb, of: str, *, reason: str = ""
) -> AbstractContextManager[Doing]:
    """Return a context in which *verb* is done to what *of* names, without personal data.

    Raises `LedgerUnavailable` before anything is done, if it cannot be kept.
    """
    now = datetime.now(UTC)
    act = Act(
        verb=verb,
        of=shortened(of),
        by=caller_on(where),
        # The ledger keeps milliseconds.
        at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        tag=token_hex(4),
        reason=reason,
    )
    return recorded(audit_trail_of(where), act)
