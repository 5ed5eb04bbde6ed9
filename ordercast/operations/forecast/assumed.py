"""What only an account can show of what a message or a stage takes. Used by `usage`."""

COUNTED_TIMES = 1.5  # a receipt within the window is counted together with the sending
STREAM_LANES = 4  # shards of an on-demand table's stream
READ_UNITS = 21.0  # decisions, statuses, people, rows, counted versions; three looks later
PUBLICATIONS = 2  # a message's own, and its receipt's
STATUS_EVENTS = 3  # of a message, for shops: entered, sent, delivered
STATUS_EVENT_SECONDS = 0.002  # GB seconds of each
REQUESTS = 2.4  # of two queues: each message is put, and received and deleted in tens
INVOCATIONS = 0.2  # at full batches far fewer; alone, one for each function
GB_SECONDS = 0.012  # at 1 GB: 2 ms of relaying, 5 of sending, the rest of counting
LOG_BYTES = 900  # delivery logs, and a line a batch
LEDGER_BYTES = 1_750  # row, latest status, entries of indexes and DynamoDB's own 100 an item
ROLLUP_BYTES = 400  # a counted version, and its share of buckets
RECEIPT_BYTES = 700
DECISION_BYTES = 280
PEAK = 10  # times the mean rate: what provisioned shards must take
SHARD_RECORDS = 1_000  # a second
SWEEP_SECONDS = 0.5  # a round with nothing due
SWEEP_READS = 20.0  # read units of such a round
VERIFIER_SECONDS = 20.0  # an hour with little in it
POLLERS = 5  # of each queue's mapping, each asking every 20 s
KEY_REQUESTS = 260_000  # data keys are used again for five minutes
