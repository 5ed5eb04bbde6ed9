"""The runbook says what each statement of the operators' policies is for."""

import json
import re

from tests.pages import ROOT

RUNBOOK = (ROOT / "docs/runbook.md").read_text()
STATEMENTS = [
    statement
    for name in ("operator-policy.json", "restoring-policy.json")
    for statement in json.loads((ROOT / "docs" / name).read_text())["Statement"]
]

WITHOUT_ARN = {
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "dynamodb:ListBackups",
    "lambda:GetAccountSettings",
    "ses:DeleteSuppressedDestination",
    "ses:GetAccount",
    "ses:GetSuppressedDestination",
    "ses:ListSuppressedDestinations",
    "sms-voice:DescribeAccountAttributes",
    "sms-voice:DescribePhoneNumbers",
    "sms-voice:DescribePools",
    "sms-voice:DescribeSenderIds",
    "sms-voice:DescribeSpendLimits",
    "sns:CheckIfPhoneNumberIsOptedOut",
    "sns:GetSMSAttributes",
    "sns:GetSMSSandboxAccountStatus",
    "sns:ListPhoneNumbersOptedOut",
    "sns:OptInPhoneNumber",
}


def test_every_statement_is_in_the_table_and_no_other() -> None:
    section = RUNBOOK.partition("## Permissions of operators")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {each["Sid"] for each in STATEMENTS} == told


def test_no_statement_allows_everything() -> None:
    """Metrics, backups that are listed and an account's quotas have no ARN; all else is of our stacks, or of the CDK's toolkit."""
    for each in STATEMENTS:
        actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
        assert all(not action.endswith(":*") and action != "*" for action in actions)
        assert each["Resource"] != "*" or set(actions) <= WITHOUT_ARN
