"""Fake clients, recordings and a mapping. Used by tests of the drivers and the model."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lambda_event_sources.mapping import EventSourceMapping

RECORDINGS = Path(__file__).parents[1] / "recordings"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STREAM = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"


def recording(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def a_mapping(**settings: Any) -> EventSourceMapping:
    defaults: dict[str, Any] = {
        "uuid": "m-1",
        "source_arn": STREAM,
        "function_arn": "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
        "batch_size": 2,
        "report_batch_item_failures": True,
    }
    return EventSourceMapping(**(defaults | settings))


def silent(slug: str, **fields: Any) -> None:
    del slug, fields


class FakeClient:
    """A client that remembers every call and answers with what it was given."""

    def __init__(self, **answers: Any) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.made.append((name, arguments))
            answer = self._answers.get(name, {})
            answer = answer.pop(0) if isinstance(answer, list) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
