"""Read which tables, key, bucket and secret a stage finds instead of making them. Used by the data stack and `checks`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ordercast.settings.stage import StageSettings

LEDGER = "ledger"
TABLES = (LEDGER, "customers", "receipts", "rollups")

_TABLE = r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]{3,255}"
_STREAM = re.compile(rf"(?P<table>{_TABLE})/stream/[0-9TZ:.-]+")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[!-~]+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingTable:
    """A table by its ARN; the ledger also by that of its stream, which analytics reads."""

    arn: str
    stream_arn: str | None = None


def existing_tables(written: str) -> dict[str, ExistingTable]:
    """Read `ledger ARN-of-its-stream, customers ARN`. Raises `ValueError` for anything else."""
    found: dict[str, ExistingTable] = {}
    for each in filter(None, map(str.strip, written.split(","))):
        name, _, arn = each.partition(" ")
        if name not in TABLES or name in found:
            message = f"{each} is none, or named twice"
            raise ValueError(message)
        found[name] = _table(name, arn.strip())
    return found


def existing_rules(stage: StageSettings) -> Iterator[tuple[str, bool, str]]:
    """Yield each field, whether it may be as it is, and what it must be."""
    try:
        existing_tables(stage.existing_tables)
    except ValueError as error:
        example = "the ledger by the ARN of its stream, the others by their own"
        yield "existing_tables", False, f"must be empty or name tables, {example}: {error}"
    key = not stage.existing_key or _KEY.fullmatch(stage.existing_key) is not None
    yield "existing_key", key, "must be empty or the ARN of a key, not of an alias"
    secret = not stage.existing_secret or _SECRET.fullmatch(stage.existing_secret) is not None
    yield "existing_secret", secret, "must be empty or the ARN of a secret, not its name"
    # A living stage that restores a table keeps its own key and secret, and names neither.
    alone = (
        stage.existing_key and not stage.existing_secret and "customers" in stage.existing_tables
    )
    why = "must be named with existing_key and the customers table: no suppression is found without it"
    yield "existing_secret", not alone, why
    bucket = not stage.existing_bucket or _BUCKET.fullmatch(stage.existing_bucket) is not None
    yield "existing_bucket", bucket, "must be empty or the name of a bucket, not its ARN"


def _table(name: str, arn: str) -> ExistingTable:
    if name == LEDGER:
        stream = _STREAM.fullmatch(arn)
        if not stream:
            message = f"{name} needs the ARN of its stream, arn:aws:dynamodb:…:table/…/stream/…"
            raise ValueError(message)
        return ExistingTable(arn=stream["table"], stream_arn=arn)
    if not re.fullmatch(_TABLE, arn):
        message = f"{name} needs an ARN, arn:aws:dynamodb:…:table/…"
        raise ValueError(message)
    return ExistingTable(arn=arn)
