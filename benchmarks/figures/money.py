"""Compute AWS's charges for a thousand texts at several volumes, without carrier fees.

Prices are prices.json's. What is not counted by a benchmark is said here, each figure by itself.
"""

import json
from dataclasses import dataclass
from pathlib import Path

VOLUMES = (3_000, 100_000, 1_000_000, 10_000_000)
"""Texts a day."""

DAYS = 30
SECONDS = 86_400

WINDOW = 20  # seconds of the analytics batching window in prod
LANES = 4  # shards of an on-demand table's stream
COUNTED = 1.5  # times a text is counted: a receipt within the window needs no time of its own
# Write units: the customer's slot; whose the message is, and what was heard of it, each with its
# move in the receipts' index.
CAP, MAP, RECEIPT = 1, 2, 2
READS = 16  # items read: decisions, latest statuses, people, rows, counted versions; each less than 4 KB
PUBLICATIONS, RECEIPTS_SENT = 1, 1
REQUESTS = 2 * (1 + 0.2)  # of two queues: each message is put, and received and deleted in tens
GB_SECONDS = 0.012  # three functions at 1 GB: 2 ms of relaying, 5 of sending, the rest of counting
INVOCATIONS = 0.2  # at full batches far fewer; alone, one for each function
LOG_BYTES = 900  # delivery logs, and a line a batch
SERIES, KEYS = 50, 2
# Metrics that prod's 49 alarms look at, and the alarm of alarms, at the price of five.
ALARMS = 79 + 5
SHARD_RECORDS = 1_000  # a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost at a volume: US dollars per thousand texts, and write units per text."""

    volume: int
    write_units: float
    variable: float
    fixed: float

    @property
    def total(self) -> float:
        """The sum of AWS's charges."""
        return self.variable + self.fixed


def batch_of(volume: int) -> int:
    """Return the mean number of notifications in a batch of analytics; at least one."""
    return max(1, round(volume * COUNTED / SECONDS / LANES * WINDOW))


def cost(volume: int, *, on_the_ledger: float, in_the_rollups: float) -> Cost:
    """Return the cost of a thousand; units *of_rollups* are those of being counted once."""
    units = on_the_ledger + CAP + MAP + RECEIPT + COUNTED * in_the_rollups
    thousand = {
        "dynamodb million write units": units / 1e3,
        "dynamodb million read units": READS / 1e3,
        "kinesis million puts of 25 KB": 1 / 1e3,
        "sns million publications": (PUBLICATIONS + RECEIPTS_SENT) / 1e3,
        "sqs million requests": REQUESTS / 1e3,
        "lambda million requests": INVOCATIONS / 1e3,
        "lambda GB second, arm64": GB_SECONDS * 1e3,
        "logs GB": LOG_BYTES * 1e3 / 1e9,
    }
    shards = max(1, -(-volume * 10 // SECONDS // SHARD_RECORDS))  # ten times the mean at peak
    month = {
        "kinesis shard hour": shards * 24 * DAYS,
        "cloudwatch metric month": SERIES,
        "cloudwatch alarm month": ALARMS,
        "kms key month": KEYS,
    }
    prices = _prices()
    return Cost(
        volume=volume,
        write_units=units,
        variable=sum(prices[name] * amount for name, amount in thousand.items()),
        fixed=sum(prices[name] * amount for name, amount in month.items()) / (volume * DAYS / 1000),
    )


def _prices() -> dict[str, float]:
    lines = json.loads(Path(__file__).with_name("aws_prices.json").read_text())["lines"]
    return {name: float(line["usd"]) for name, line in lines.items()}
