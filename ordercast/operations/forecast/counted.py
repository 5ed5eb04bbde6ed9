"""What a message takes and what a stage has: each is counted by a benchmark or in a template. Used by `usage`.

A test compares each with what it was counted from.
"""

LEDGER_UNITS = 10.04  # write units, with the handset's receipt
CAP_UNITS = 1  # the customer's slot
RECEIPT_UNITS = 4  # whose the message is, and what was heard of it, each with its index
OWN_UNITS = 2  # a counted version, in a transaction
BUCKETS = 20  # that the notifications of a batch share, each written in a transaction
EVENT_BYTES = 564
SERIES = {
    "essential": 23,
    "full": 58,
}  # metrics, by level, with the verifier's, the senders' and the sweeper's
ALARM_METRICS = 97
STATUS_EVENTS_ALARM_METRICS = 6  # more, where shops are told what became of messages
COMPOSITE_ALARMS = 1
KEYS = 2
SECRETS = 1
WORK_QUEUES = 5
