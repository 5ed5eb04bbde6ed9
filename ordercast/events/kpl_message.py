"""Load the protobuf classes of a KPL aggregate, as aws-kinesis-agg defines them. Used by kpl*.py.

Loaded with the first aggregate: other records need no protobuf.
"""

import sys
from functools import cache
from importlib import import_module
from typing import Any

from msgspec import Struct

MAGIC = b"\xf3\x89\x9a\xc2"
DIGEST_SIZE = 16
HASH_INDEX = "explicit_hash_key_index"


class Definition(Struct, frozen=True, kw_only=True):
    """The classes of an aggregate and of a part, and the exception for bytes that are neither."""

    aggregated_record: Any
    record: Any
    undecodable: type[Exception]


@cache
def definition() -> Definition:
    """Import the definition without a change of `sys.path`.

    Its module imports a neighbour by its bare name, for which the library would extend `sys.path`
    for the whole process. Instead, the name stands in `sys.modules` during the import.
    """
    theirs = {_NEIGHBOUR: sys.modules[_NEIGHBOUR]} if _NEIGHBOUR in sys.modules else {}
    sys.modules[_NEIGHBOUR] = import_module(f"aws_kinesis_agg.{_NEIGHBOUR}")
    try:
        messages = import_module("aws_kinesis_agg.messages_pb2")
    finally:
        del sys.modules[_NEIGHBOUR]
        sys.modules.update(theirs)
    undecodable = import_module("google.protobuf.message").DecodeError
    return Definition(
        aggregated_record=messages.AggregatedRecord,
        record=messages.Record,
        undecodable=undecodable,
    )


_NEIGHBOUR = "config_pb2"
