"""Say what the drill does not show, because the emulator has none of it. Used at the end of the drill."""

UNPROVEN = (
    "point-in-time recovery and the backup that DynamoDB makes of a deleted table: a backup stands for both",
    "that CloudFormation refuses to change an export in use: the drill compares templates itself",
    "permissions on the key, and whether a restored table is encrypted with it",
    "how long restoring takes on AWS: minutes to hours, by the table's size",
    "that the stream of a deleted table can be read for a day: what analytics had not counted yet goes with it here",
    "an outage longer than order_relay.max_age or the retention of queues",
)
