"""Say what the proof does not show, because the emulator does not check it. Used at the end of the proof."""

UNCHECKED = (
    "what CloudFormation's own role may do: the emulator makes resources with all permissions",
    "permissions on KMS keys: the emulator encrypts nothing in the caller's name",
    "that tables refuse callers without TLS: the emulator reads no policy of a table",
    "what Lambda does in a function's name (reading its queue or stream, writing its log): our event sources do it as the account's root",
    "ses:SendEmail and sns:Publish to a phone: the provider simulator answers them without a policy",
    "aliases and their rollback by CodeDeploy (release is none here), AWS Budgets, VPC, the account's SMS attributes",
    "EventBridge to Kinesis: the heartbeat is off",
    "that new resources have new names: the emulator gives a stack's resources the same ones again",
    "how long anything takes on AWS, and its limits and quotas",
)
